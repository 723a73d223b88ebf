/** The operating system's locks on files: `flock` on Linux and macOS. */
import { CmgrError } from "../errors.ts";
import { infoOfOpen, refuseLinks } from "./symlink_guard.ts";

/**
 * Opens the file to lock, and creates it (mode 600) where it is missing. Closing it releases the
 * lock, however the process ends.
 *
 * @throws {Error} when it is no regular file, or has another name by a hard link, which a note
 * written into it would overwrite
 */
export function openLockFile(path: string): Deno.FsFile {
  refuseLinks(path);
  const file = Deno.openSync(path, { read: true, write: true, create: true, mode: 0o600 });
  try {
    const { isFile, nlink } = infoOfOpen(file, path);
    if (!isFile) throw new Error("it is not a regular file");
    if ((nlink ?? 1) > 1) throw new Error("it has a second hard link");
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Whether a process is known to hold the lock on a file.
 *
 * @throws {CmgrError} `damaged`, when it is behind a symbolic link
 */
export function isLocked(path: string): boolean {
  if (!refuseLinks(path)?.isFile) return false;
  try {
    using file = Deno.openSync(path);
    infoOfOpen(file, path);
    // Shared, so that two who ask at once do not take each other for the holder.
    return !file.tryLockSync(false);
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    // Not known to be locked: the caller then asks the system.
    return false;
  }
}
