// deno-lint-ignore-file require-await -- synchronous on purpose: see write.ts
/** No symbolic link is followed, at the end of a path or on the way. */
import { CmgrError, messageOf } from "../errors.ts";
import { infoOfOpen, refuseLinks } from "./symlink_guard.ts";

/**
 * Decoding that is not strict puts this in place of what is not UTF-8; a file may also contain it.
 */
const notUtf8 = "\uFFFD";

/**
 * Far more than any config or registry has; a file that an instance wrote must not fill the memory.
 */
export const maxBytes = 32 * 1024 * 1024;

/**
 * @returns `undefined` when there is no such file
 * @throws {CmgrError} `damaged`, when it is there and cannot be read as UTF-8 text
 */
export async function readTextIfPresent(path: string): Promise<string | undefined> {
  const bytes = await readIfPresent(path);
  return bytes === undefined ? undefined : decode(bytes, path);
}

/**
 * @returns `undefined` when there is no such file
 * @throws {CmgrError} `damaged`, when it is there and cannot be read, or is larger than 32 MB
 */
export async function readIfPresent(path: string): Promise<Uint8Array | undefined> {
  const opened = openIfPresent(path);
  if (opened === undefined) return undefined;
  const { file, size } = opened;
  let bytes: Uint8Array | undefined;
  try {
    bytes = size > maxBytes ? undefined : readWhole(file, size);
  } catch (error) {
    throw cannotRead(path, error);
  } finally {
    file.close();
  }
  if (bytes !== undefined) return bytes;
  throw new CmgrError(
    "damaged",
    `${path} is larger than 32 MB, the limit for such a file`,
    "Move it to another place",
  );
}

/**
 * @throws {CmgrError} `damaged`, for a link or anything else that is no file
 * @throws {Deno.errors.NotFound} and the system's other errors
 */
export function openToRead(path: string): Deno.FsFile {
  return openFile(path).file;
}

function openIfPresent(path: string): ReturnType<typeof openFile> | undefined {
  try {
    return openFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error instanceof CmgrError ? error : cannotRead(path, error);
  }
}

function openFile(path: string): { file: Deno.FsFile; size: number } {
  // Before it is opened: opening a pipe would wait for a writer.
  const info = refuseLinks(path) ?? Deno.lstatSync(path);
  if (info.isFile) {
    const file = Deno.openSync(path);
    try {
      const { isFile, size } = infoOfOpen(file, path);
      if (isFile) return { file, size };
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
  }
  throw new CmgrError(
    "damaged",
    `${path} is not a regular file`,
    "Move it to another place",
  );
}

/** @returns `undefined` for a file that has grown beyond the limit */
function readWhole(file: Deno.FsFile, size: number): Uint8Array | undefined {
  // One byte more, to find the end without another read.
  let whole = new Uint8Array(size + 1);
  let length = 0;
  while (true) {
    const read = file.readSync(whole.subarray(length));
    if (read === null) return whole.subarray(0, length);
    length += read;
    if (length < whole.length) continue;
    if (length > maxBytes) return undefined;
    const larger = new Uint8Array(whole.length * 2);
    larger.set(whole);
    whole = larger;
  }
}

/**
 * Decodes UTF-8 strictly: a file that is not UTF-8 would lose bytes when written back.
 *
 * @param where Names the source in the error
 * @throws {CmgrError} `damaged`, when it is not UTF-8
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

function cannotRead(path: string, error: unknown): CmgrError {
  return new CmgrError(
    "damaged",
    `${path} cannot be read: ${messageOf(error)}`,
    "Check the owner and the mode of that file and of the folders above it",
    { cause: error },
  );
}

/** @returns `undefined` where there is nothing at the path */
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

/** Follows links on the way: for facts that are only shown. */
export function statIfPresent(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}
