// deno-lint-ignore-file require-await -- synchronous on purpose: see below
/**
 * Replaces files so that a reader never sees half of one, and a crash leaves either the old or the
 * new. No symbolic link is followed, at the end of a path or on the way: that is a `CmgrError`
 * `damaged`; what cannot be written is `failed`.
 *
 * Synchronous I/O: dispatching these small operations to a thread costs more than they do, and cmgr
 * has nothing else to do meanwhile. The functions are asynchronous all the same, so that this may
 * change.
 */
import { basename, dirname, join } from "node:path";
import { messageOf } from "../errors.ts";
import { unlessMissing, wrapError } from "./read.ts";
import { infoOfOpen, refuseLinks, refuseLinksAbove } from "./symlink_guard.ts";

/** By a temporary file, fsync, rename, and fsync of the folder; a failure leaves the old file. */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  try {
    await write(path, () => {
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

/** Empty, with mode 600; fails when it exists. */
export async function createFile(path: string): Promise<void> {
  await write(
    path,
    () => Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close(),
  );
}

/** Creates the file with mode 600 where it is missing. The line is given without its line break. */
export async function appendLine(path: string, line: string): Promise<void> {
  const options = { append: true, create: true, mode: 0o600 };
  await write(path, () => Deno.writeTextFileSync(path, `${line}\n`, options));
}

/** Creates a folder and its parents with mode 700; fails when something else is there. */
export async function ensureFolder(path: string): Promise<void> {
  await write(path, () => Deno.mkdirSync(path, { recursive: true, mode: 0o700 }));
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

async function write(path: string, act: () => void): Promise<void> {
  await wrapError(`${path} cannot be written`, writeHint, () => {
    refuseLinks(path);
    act();
  });
}

function writeHint(error: unknown): string {
  if (/os error 28|ENOSPC|No space left/i.test(messageOf(error))) {
    return "Free some space on that disk, then repeat the command";
  }
  return Deno.build.os === "windows"
    ? "Close what has it open, then repeat the command"
    : "Check the owner and the mode of that path and of the folders above it";
}
