// deno-lint-ignore-file require-await -- see files.ts
/**
 * Making, listing, moving and deleting folders. No symbolic link on the way is followed.
 *
 * @module
 */
import { dirname } from "node:path";
import { CmgrError, messageOf } from "../errors.ts";
import { openToRead } from "./read.ts";
import { infoOfOpen, refuseLinks, refuseLinksAbove } from "./symlink_guard.ts";
import { writeAll } from "./write.ts";

/**
 * Makes a folder that belongs to the user alone (mode 700).
 *
 * Needs read and write permission for the path.
 *
 * @param path The folder; nothing may be there, and the folder above it must be
 * @throws {CmgrError} `failed`
 */
export async function createFolder(path: string): Promise<void> {
  try {
    refuseLinksAbove(path);
    Deno.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    throw new CmgrError(
      "failed",
      `${path} cannot be created: ${messageOf(error)}`,
      "Look at the owner and the mode of the folder above it, and at the room on that disk",
      { cause: error },
    );
  }
}

/**
 * Lists a folder.
 *
 * Needs read permission for the path.
 *
 * @param path The folder
 * @returns What is in it, by name; nothing when there is no such folder
 * @throws {CmgrError} `damaged`, when it cannot be read
 */
export async function listFolder(path: string): Promise<Deno.DirEntry[]> {
  try {
    refuseLinks(path);
    const entries = [...Deno.readDirSync(path)];
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    if (error instanceof Deno.errors.NotFound) return [];
    throw new CmgrError(
      "damaged",
      `${path} cannot be read: ${messageOf(error)}`,
      "Look at the owner and the mode of that folder and of those above it",
      { cause: error },
    );
  }
}

/**
 * What stands at a path; of a link, the link itself.
 *
 * Needs read permission for the path.
 *
 * @param path Any path
 * @returns `undefined` when nothing is there
 */
export async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  refuseLinksAbove(path);
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * What stands at a path, whatever links are on the way: for comparing it with what stood there
 * before, since nothing is read or changed.
 *
 * Needs read permission for the path.
 *
 * @param path Any path
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
 * Needs read and write permission for both paths.
 *
 * @param from What to move
 * @param to Its new path, on the same disk; the folder above it must be there
 * @throws {CmgrError} `failed`
 */
export async function move(from: string, to: string): Promise<void> {
  try {
    refuseLinksAbove(from);
    refuseLinksAbove(to);
    Deno.renameSync(from, to);
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    throw new CmgrError(
      "failed",
      `${from} cannot be moved to ${to}: ${messageOf(error)}`,
      `Look at the owner and the mode of ${dirname(from)} and of ${dirname(to)}`,
      { cause: error },
    );
  }
}

/**
 * Deletes a folder and all in it; of a link, the link alone. Links in it are deleted, not followed.
 *
 * Needs read and write permission for the path.
 *
 * @param path The folder; nothing need be there
 * @throws {CmgrError} `failed`
 */
export async function deleteFolder(path: string): Promise<void> {
  try {
    refuseLinksAbove(path);
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    if (error instanceof Deno.errors.NotFound) return;
    throw new CmgrError(
      "failed",
      `${path} cannot be deleted: ${messageOf(error)}`,
      "Look at the owners and modes of what is left in it, then delete it by hand",
      { cause: error },
    );
  }
}

/** How much is copied at a time, in bytes. */
const pieceSize = 1024 * 1024;

/**
 * Copies a file with its mode. What is copied is the file that was opened, once it has been seen to
 * be the one that stood there: a link that is put in its place meanwhile is not followed.
 *
 * @param from The file
 * @param to Its copy; what is there is replaced
 * @throws {CmgrError} `damaged` for a link, `failed`
 */
export async function copyFile(from: string, to: string): Promise<void> {
  try {
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
    const options = { write: true, create: true, truncate: true };
    using target = Deno.openSync(to, mode === null ? options : { ...options, mode: mode & 0o777 });
    infoOfOpen(target, to);
    const piece = new Uint8Array(pieceSize);
    for (let read = source.readSync(piece); read !== null; read = source.readSync(piece)) {
      writeAll(target, piece.subarray(0, read));
    }
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    throw new CmgrError(
      "failed",
      `${from} cannot be copied to ${to}: ${messageOf(error)}`,
      `Look at the owner and the mode of both, and at the room on that disk`,
      { cause: error },
    );
  }
}

/**
 * Takes a file or folder away from everyone but its owner.
 *
 * Needs write permission for the path.
 *
 * @param path The file or folder
 * @param mode Its new mode
 * @throws {CmgrError} `failed`
 */
export async function restrict(path: string, mode: 0o600 | 0o700): Promise<void> {
  try {
    refuseLinks(path);
    Deno.chmodSync(path, mode);
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    throw new CmgrError(
      "failed",
      `The mode of ${path} cannot be changed: ${messageOf(error)}`,
      "Look at its owner",
      { cause: error },
    );
  }
}
