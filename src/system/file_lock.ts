/** The operating system's locks on files: `flock` on Linux and macOS. */
import { CmgrError } from "../errors.ts";
import { infoOfOpen, refuseLinks } from "./symlink_guard.ts";

/**
 * Opens a file to lock, and creates it with mode 600 where it is missing. The lock is released when
 * the file is closed, however the process ends.
 *
 * @throws {Error} when it is not a regular file, or has a second hard link: another file would be
 * overwritten
 */
export function openLockFile(path: string): Deno.FsFile {
  refuseLinks(path);
  using opened = new DisposableStack();
  const file = opened.use(
    Deno.openSync(path, { read: true, write: true, create: true, mode: 0o600 }),
  );
  const { isFile, nlink } = infoOfOpen(file, path);
  if (!isFile) throw new Error("it is not a regular file");
  if ((nlink ?? 1) > 1) throw new Error("it has a second hard link");
  opened.move();
  return file;
}

/**
 * `false` also when the system does not say.
 *
 * @throws {CmgrError} `damaged`, for a symbolic link
 */
export function isLocked(path: string): boolean {
  if (!refuseLinks(path)?.isFile) return false;
  try {
    using file = Deno.openSync(path);
    infoOfOpen(file, path);
    // Shared, so that two processes that ask at once do not see each other's lock.
    return !file.tryLockSync(false);
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    return false;
  }
}
