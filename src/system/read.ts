/**
 * No symbolic link is followed, at the end of a path or on the way: that, and whatever cannot be
 * read, is a `CmgrError` `damaged`.
 */
import { CmgrError, type ErrorCode, messageOf } from "../errors.ts";
import { infoOfOpen, refuseLinks } from "./symlink_guard.ts";

/** What the lenient decoder puts in place of invalid UTF-8; a file may also contain it. */
const notUtf8 = "\uFFFD";

/** Far more than any config or registry has: a file of an instance must not fill the memory. */
export const maxBytes = 32 * 1024 * 1024;

/** As {@linkcode readIfPresent}, strictly as UTF-8. */
export async function readTextIfPresent(path: string): Promise<string | undefined> {
  const bytes = await readIfPresent(path);
  return bytes === undefined ? undefined : decode(bytes, path);
}

/** `undefined` when there is no such file; refuses one of more than 32 MB. */
export async function readIfPresent(path: string): Promise<Uint8Array | undefined> {
  return await wrapError(
    `${path} cannot be read`,
    "Check the owner and the mode of that file and of the folders above it",
    () =>
      unlessMissing(() => {
        const { file, size } = openFile(path);
        using _closed = file;
        return readWhole(file, size, path);
      }),
    "damaged",
  );
}

/** Refuses anything but a regular file; otherwise throws the system's errors. */
export function openToRead(path: string): Deno.FsFile {
  return openFile(path).file;
}

function openFile(path: string): { file: Deno.FsFile; size: number } {
  // Before it is opened: opening a pipe would wait for a writer.
  const info = refuseLinks(path) ?? Deno.lstatSync(path);
  if (info.isFile) {
    using opened = new DisposableStack();
    const file = opened.use(Deno.openSync(path));
    const { isFile, size } = infoOfOpen(file, path);
    if (isFile) {
      opened.move();
      return { file, size };
    }
  }
  throw new CmgrError("damaged", `${path} is not a regular file`, "Move it to another place");
}

/** @param size When it was opened; the file may grow while it is read */
function readWhole(file: Deno.FsFile, size: number, path: string): Uint8Array {
  // One byte more, to find the end without another read.
  let whole = new Uint8Array(Math.min(size, maxBytes) + 1);
  let length = 0;
  while (true) {
    const read = file.readSync(whole.subarray(length));
    if (read === null) return whole.subarray(0, length);
    length += read;
    if (length < whole.length) continue;
    if (length > maxBytes) break;
    const larger = new Uint8Array(whole.length * 2);
    larger.set(whole);
    whole = larger;
  }
  throw new CmgrError(
    "damaged",
    `${path} is larger than 32 MB, the limit for such a file`,
    "Move it to another place",
  );
}

/**
 * Refuses what is not UTF-8: it would lose bytes when written back.
 *
 * @param where Names the source in the error
 */
export function decode(bytes: Uint8Array, where: string): string {
  // The strict decoder takes three times as long.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  if (!text.includes(notUtf8)) return text;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new CmgrError(
      "damaged",
      `${where} is not UTF-8 text`,
      "Save it as UTF-8; cmgr has not changed it",
      { cause: error },
    );
  }
}

/** Turns the system's errors into a `CmgrError`, whose message ends with the system's words. */
export async function wrapError<T>(
  message: string,
  hint: string | ((error: unknown) => string),
  act: () => T | Promise<T>,
  code: ErrorCode = "failed",
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof CmgrError) throw error;
    const what = `${message}: ${messageOf(error)}`;
    throw new CmgrError(code, what, typeof hint === "string" ? hint : hint(error), {
      cause: error,
    });
  }
}

/** `undefined` where there is nothing at the path. */
export function unlessMissing<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    ignoreMissing(error);
  }
}

/** Throws any error but that of a missing file. */
export function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
