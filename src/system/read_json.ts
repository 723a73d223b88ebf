import { CmgrError } from "../errors.ts";
import { parseJson, type Source } from "../json/parse.ts";
import type { Schema } from "../json/validate.ts";
import { decode, readIfPresent, readTextIfPresent } from "./read.ts";

/**
 * @returns `undefined` when there is no such file
 * @throws {CmgrError} `damaged`, with path, line and field; the file stays as it is
 */
export async function readJsonIfPresent<T>(
  path: string,
  schema: Schema<T>,
  source: Omit<Source, "name">,
): Promise<T | undefined> {
  const text = await readTextIfPresent(path);
  return text === undefined ? undefined : parseJson(text, schema, { ...source, name: path });
}

/**
 * Reads a file that cmgr can do without, such as a run record.
 *
 * @returns `undefined` also when its content cannot be used
 * @throws {CmgrError} `damaged`, when it is there and cannot be read
 */
export async function readOptionalJson<T>(path: string, schema: Schema<T>): Promise<T | undefined> {
  const bytes = await readIfPresent(path);
  if (bytes === undefined) return undefined;
  try {
    return parseJson(decode(bytes, path), schema, { name: path, hint: "" });
  } catch (error) {
    if (error instanceof CmgrError) return undefined;
    throw error;
  }
}
