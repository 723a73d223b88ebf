/** Making, listing, moving and deleting folders. No symbolic link on the way is followed. */
import { dirname } from "node:path";
import { CmgrError, type ErrorCode, messageOf } from "../errors.ts";
import { openToRead } from "./read.ts";
import { infoOfOpen, refuseLinks, refuseLinksAbove } from "./symlink_guard.ts";
import { writeAll } from "./write.ts";

/**
 * Makes a folder that belongs to the user alone (mode 700).
 *
 * @param path Nothing may be there, and the folder above it must exist
 * @throws {CmgrError} `failed`
 */
export async function createFolder(path: string): Promise<void> {
  await explained(
    `${path} cannot be created`,
    "Look at the owner and the mode of the folder above it, and at the space on that disk",
    () => {
      refuseLinksAbove(path);
      Deno.mkdirSync(path, { mode: 0o700 });
    },
  );
}

/**
 * Lists a folder by name; one that does not exist is empty.
 *
 * @throws {CmgrError} `damaged`, when it cannot be read
 */
export async function listFolder(path: string): Promise<Deno.DirEntry[]> {
  return await explained(
    `${path} cannot be read`,
    "Look at the owner and the mode of that folder and of those above it",
    () => {
      refuseLinks(path);
      const entries = unlessMissing(() => [...Deno.readDirSync(path)]) ?? [];
      return entries.sort((a, b) => a.name < b.name ? -1 : 1);
    },
    "damaged",
  );
}

/**
 * What stands at a path; of a link, the link itself.
 *
 * @throws {CmgrError} `damaged`, when it cannot be told, as below a file
 */
export async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  return await explained(
    `${path} cannot be read`,
    "Look at the owner and the mode of the folders above it",
    () => {
      refuseLinksAbove(path);
      return unlessMissing(() => Deno.lstatSync(path));
    },
    "damaged",
  );
}

/**
 * What stands at a path, whatever links are on the way: for comparing it with what stood there
 * before, since nothing is read or changed.
 *
 * @returns `undefined` when that cannot be told
 */
export function statIfPresent(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Gives a file or folder another name, in one step; of a link, the link itself.
 *
 * @param to On the same disk; the folder above it must exist
 * @throws {CmgrError} `failed`
 */
export async function move(from: string, to: string): Promise<void> {
  await explained(
    `${from} cannot be moved to ${to}`,
    `Look at the owner and the mode of ${dirname(from)} and of ${dirname(to)}`,
    () => {
      refuseLinksAbove(from);
      refuseLinksAbove(to);
      Deno.renameSync(from, to);
    },
  );
}

/**
 * Deletes a folder and all in it, if it exists; of a link, the link alone. Links in it are deleted,
 * not followed.
 *
 * @throws {CmgrError} `failed`
 */
export async function deleteFolder(path: string): Promise<void> {
  await explained(
    `${path} cannot be deleted`,
    "Look at the owners and modes of what is left in it, then delete it by hand",
    async () => {
      refuseLinksAbove(path);
      await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
    },
  );
}

/** How much is copied at a time, in bytes. */
const pieceSize = 1024 * 1024;

/**
 * Copies a file with its mode. What is copied is the file that was opened, once it has been seen to
 * be the one that stood there: a link that is put in its place meanwhile is not followed.
 *
 * @param to What is there is replaced
 * @param onCopied Called, and waited for, after each piece
 * @throws {CmgrError} `damaged` for a link, `failed`
 */
export async function copyFile(
  from: string,
  to: string,
  onCopied?: (bytes: number) => Promise<void>,
): Promise<void> {
  await explained(
    `${from} cannot be copied to ${to}`,
    "Look at the owner and the mode of both, and at the space on that disk",
    async () => {
      const seen = refuseLinks(from);
      refuseLinks(to);
      using source = openToRead(from);
      const { mode, ino, dev } = infoOfOpen(source, from);
      if (ino !== seen?.ino || dev !== seen?.dev) {
        throw new CmgrError(
          "damaged",
          `${from} was replaced while it was copied`,
          "See who changes that folder, then repeat the command",
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

/**
 * Takes a file or folder away from everyone but its owner.
 *
 * @throws {CmgrError} `failed`
 */
export async function restrict(path: string, mode: 0o600 | 0o700): Promise<void> {
  await explained(`The mode of ${path} cannot be changed`, "Look at its owner", () => {
    refuseLinks(path);
    Deno.chmodSync(path, mode);
  });
}

async function explained<T>(
  message: string,
  hint: string,
  act: () => T | Promise<T>,
  code: ErrorCode = "failed",
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    throw new CmgrError(code, `${message}: ${messageOf(error)}`, hint, { cause: error });
  }
}

function unlessMissing<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    ignoreMissing(error);
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
