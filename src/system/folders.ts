/**
 * No symbolic link on the way is followed. All functions throw a `CmgrError`: `damaged` for a link or
 * what cannot be read, `failed` for what cannot be changed.
 */
import { dirname } from "node:path";
import { CmgrError } from "../errors.ts";
import { ignoreMissing, openToRead, unlessMissing, wrapError } from "./read.ts";
import { infoOfOpen, refuseLinks, refuseLinksAbove } from "./symlink_guard.ts";
import { writeAll } from "./write.ts";

/** With mode 700; fails when it exists, or its parent does not. */
export async function createFolder(path: string): Promise<void> {
  await wrapError(
    `${path} cannot be created`,
    "Check the owner and the mode of the folder above it, and the space on that disk",
    () => {
      refuseLinksAbove(path);
      Deno.mkdirSync(path, { mode: 0o700 });
    },
  );
}

/** Sorted by name; empty for a folder that does not exist. */
export async function listFolder(path: string): Promise<Deno.DirEntry[]> {
  return await wrapError(
    `${path} cannot be read`,
    "Check the owner and the mode of that folder and of those above it",
    () => {
      refuseLinks(path);
      const entries = unlessMissing(() => [...Deno.readDirSync(path)]) ?? [];
      return entries.sort((a, b) => a.name < b.name ? -1 : 1);
    },
    "damaged",
  );
}

/** Of a link, about the link itself. */
export async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  return await wrapError(
    `${path} cannot be read`,
    "Check the owner and the mode of the folders above it",
    () => {
      refuseLinksAbove(path);
      return unlessMissing(() => Deno.lstatSync(path));
    },
    "damaged",
  );
}

/** Renames in one step, on one disk; a link itself is moved. The parent of `to` must exist. */
export async function move(from: string, to: string): Promise<void> {
  await wrapError(
    `${from} cannot be moved to ${to}`,
    Deno.build.os === "windows"
      ? `Close what has a file in ${from} open, then repeat the command`
      : `Check the owner and the mode of ${dirname(from)} and of ${dirname(to)}`,
    () => {
      refuseLinksAbove(from);
      refuseLinksAbove(to);
      Deno.renameSync(from, to);
    },
  );
}

/** Deletes a folder with all in it, if it exists. Links are deleted, not followed. */
export async function deleteFolder(path: string): Promise<void> {
  await wrapError(
    `${path} cannot be deleted`,
    "Check the owners and modes of what is left in it, then delete it by hand",
    async () => {
      refuseLinksAbove(path);
      await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
    },
  );
}

/** In bytes. */
const pieceSize = 1024 * 1024;

/**
 * Copies a file and its mode, and overwrites `to`. A link that is put in its place meanwhile is not
 * followed: the open file is checked before it is read.
 *
 * @param onCopied Called, and waited for, after each piece
 */
export async function copyFile(
  from: string,
  to: string,
  onCopied?: (bytes: number) => Promise<void>,
): Promise<void> {
  await wrapError(
    `${from} cannot be copied to ${to}`,
    "Check the owner and the mode of both, and the space on that disk",
    async () => {
      const seen = refuseLinks(from);
      refuseLinks(to);
      using source = openToRead(from);
      const { mode, ino, dev } = infoOfOpen(source, from);
      if (ino !== seen?.ino || dev !== seen?.dev) {
        throw new CmgrError(
          "damaged",
          `${from} was replaced while it was copied`,
          "Find out what changes that folder, then repeat the command",
        );
      }
      const own = mode === null ? {} : { mode: mode & 0o777 };
      using target = Deno.openSync(to, { write: true, create: true, truncate: true, ...own });
      infoOfOpen(target, to);
      const piece = new Uint8Array(pieceSize);
      for (let read = source.readSync(piece); read !== null; read = source.readSync(piece)) {
        writeAll(target, piece.subarray(0, read));
        await onCopied?.(read);
      }
    },
  );
}

export async function restrict(path: string, mode: 0o600 | 0o700): Promise<void> {
  await wrapError(`The mode of ${path} cannot be changed`, "Check its owner", () => {
    refuseLinks(path);
    Deno.chmodSync(path, mode);
  });
}
