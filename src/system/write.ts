// deno-lint-ignore-file require-await -- synchronous on purpose: see below
/**
 * Replaces files so that a reader never sees half of one, and a crash leaves either the old or the
 * new. No symbolic link is followed, at the end of a path or on the way.
 *
 * Synchronous I/O: dispatching these small operations to a thread costs more than they do, and cmgr
 * has nothing else to do meanwhile. The functions are asynchronous all the same, so that this may
 * change.
 */
import { basename, dirname, join } from "node:path";
import { CmgrError, messageOf } from "../errors.ts";
import { unlessMissing } from "./read.ts";
import { infoOfOpen, refuseLinks, refuseLinksAbove } from "./symlink_guard.ts";

/**
 * A temporary file beside it, fsync, rename, fsync of the folder.
 *
 * @throws {CmgrError} `failed`, when it cannot be written; the old file is then still there
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  try {
    write(path, () => {
      writeNew(temporary, content, mode);
      Deno.renameSync(temporary, path);
      syncFolder(folder);
    });
  } catch (error) {
    await removeIfPresent(temporary).catch(() => {});
    throw error;
  }
}

function writeNew(path: string, content: string | Uint8Array, mode: number): void {
  using file = Deno.openSync(path, { write: true, createNew: true, mode });
  infoOfOpen(file, path);
  writeAll(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
  file.syncSync();
}

/**
 * Creates an empty file with mode 600.
 *
 * @param path Must not exist
 * @throws {CmgrError} `failed`
 */
export async function createFile(path: string): Promise<void> {
  write(path, () => Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close());
}

/**
 * Creates the file, with mode 600, where it is missing.
 *
 * @param line Without a line break
 * @throws {CmgrError} `failed`
 */
export async function appendLine(path: string, line: string): Promise<void> {
  const options = { append: true, create: true, mode: 0o600 };
  write(path, () => Deno.writeTextFileSync(path, `${line}\n`, options));
}

/**
 * Creates a folder with mode 700, and its parents.
 *
 * @throws {CmgrError} `failed`, also when something else is there
 */
export async function ensureFolder(path: string): Promise<void> {
  write(path, () => Deno.mkdirSync(path, { recursive: true, mode: 0o700 }));
}

export async function removeIfPresent(path: string): Promise<void> {
  refuseLinksAbove(path);
  unlessMissing(() => Deno.removeSync(path));
}

/** Also true for a dangling link. */
export async function isPresent(path: string): Promise<boolean> {
  refuseLinksAbove(path);
  return unlessMissing(() => Deno.lstatSync(path)) !== undefined;
}

/** One write may take fewer bytes. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}

/** Ignores errors: the new file is in its place, and the caller must not undo that. */
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

function write(path: string, act: () => void): void {
  try {
    refuseLinks(path);
    act();
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    const full = /os error 28|ENOSPC|No space left/i.test(messageOf(error));
    throw new CmgrError(
      "failed",
      `${path} cannot be written: ${messageOf(error)}`,
      full
        ? "Free some space on that disk, then repeat the command"
        : Deno.build.os === "windows"
        ? "Close what has it open, then repeat the command"
        : "Check the owner and the mode of that path and of the folders above it",
      { cause: error },
    );
  }
}
