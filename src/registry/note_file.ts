/**
 * Small files that cmgr can do without: notes of a run, or of a login.
 *
 * @module
 */
import { decode, readIfPresent } from "../system/read.ts";
import type { Shape } from "../json/validate.ts";

/**
 * Reads a note.
 *
 * Needs read permission for the path.
 *
 * @param path The file
 * @param shape What it must look like
 * @returns The note; `undefined` when there is none, or what is there is none
 * @throws {CmgrError} `damaged`, when it is there and cannot be read
 */
export async function readNote<T>(path: string, shape: Shape<T>): Promise<T | undefined> {
  const content = await readIfPresent(path);
  if (content === undefined) return undefined;
  try {
    return shape(JSON.parse(decode(content, path)));
  } catch {
    return undefined;
  }
}
