// deno-lint-ignore-file require-await -- synchronous on purpose: see below
/**
 * Replacing files so that no reader ever sees half of one, and a crash leaves either the old or the
 * new. No symbolic link is followed, at the end of a path or on the way.
 *
 * Synchronous I/O: dispatching these small operations to a thread costs more than they do, and cmgr
 * has nothing else to do meanwhile. The functions are asynchronous all the same, so that this may
 * change.
 */
import { basename, dirname, join } from "node:path";
import { CmgrError, messageOf } from "../errors.ts";
import { infoOfOpen, refuseLinks, refuseLinksAbove } from "./symlink_guard.ts";

/**
 * Replaces a file whole: a temporary file beside it, fsync, rename, fsync of the folder. Mode 600.
 * A symbolic link at `path` is neither followed nor replaced.
 *
 * @throws {CmgrError} `failed`, when it cannot be written; the old file is then still there
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  try {
    refuseLinks(path);
    const file = Deno.openSync(temporary, { write: true, createNew: true, mode: 0o600 });
    try {
      infoOfOpen(file, temporary);
      writeAll(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
      file.syncSync();
    } finally {
      file.close();
    }
    Deno.renameSync(temporary, path);
    syncFolder(folder);
  } catch (error) {
    await removeIfPresent(temporary).catch(() => {});
    if (error instanceof CmgrError) throw error;
    throw cannotWrite(path, error);
  }
}

/**
 * Creates an empty file (mode 600).
 *
 * @param path The file; nothing may be there
 * @throws {CmgrError} `failed`
 */
export async function createFile(path: string): Promise<void> {
  try {
    refuseLinks(path);
    Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    throw cannotWrite(path, error);
  }
}

/**
 * Adds a line to a file (mode 600), which is made when it is not there.
 *
 * @param line The line, without a break
 * @throws {CmgrError} `failed`
 */
export async function appendLine(path: string, line: string): Promise<void> {
  try {
    refuseLinks(path);
    Deno.writeTextFileSync(path, `${line}\n`, { append: true, create: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    throw cannotWrite(path, error);
  }
}

/**
 * Creates a folder that belongs to the user alone (mode 700), and those above it.
 *
 * @throws {CmgrError} `failed`, when it cannot be created or is something else than a folder
 */
export async function ensureFolder(path: string): Promise<void> {
  try {
    refuseLinks(path);
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    throw cannotWrite(path, error);
  }
}

export async function removeIfPresent(path: string): Promise<void> {
  refuseLinksAbove(path);
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whether anything, a dangling link included, is at a path. */
export async function isPresent(path: string): Promise<boolean> {
  refuseLinksAbove(path);
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Writes all bytes to an open file: one write may take fewer. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}

/** Reports no failure: the new file is in its place, and a caller must not undo it. */
function syncFolder(folder: string): void {
  // Windows cannot open a folder as a file, and makes a rename durable by itself.
  if (Deno.build.os === "windows") return;
  try {
    using handle = Deno.openSync(folder, { read: true });
    handle.syncSync();
  } catch {
    // After a power cut the old file may be there again, whole.
  }
}

function cannotWrite(path: string, error: unknown): CmgrError {
  const full = /os error 28|ENOSPC|No space left/i.test(messageOf(error));
  return new CmgrError(
    "failed",
    `${path} cannot be written: ${messageOf(error)}`,
    full
      ? "Free some room on that disk, then repeat the command"
      : "Look at the owner and the mode of that path and of the folders above it",
    { cause: error },
  );
}
