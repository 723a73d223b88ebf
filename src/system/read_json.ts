import { attempt } from "../errors.ts";
import type { Source } from "../json/parse.ts";
import { parseValid, type Schema } from "../json/validate.ts";
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
  if (text === undefined) return undefined;
  const valid = parseValid(text, schema);
  if (valid !== undefined) return valid.value;
  // Loaded for its errors alone.
  const { parseJson } = await import("../json/parse.ts");
  return parseJson(text, schema, { ...source, name: path });
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
  const found = await attempt(() => parseValid(decode(bytes, path), schema));
  return "value" in found ? found.value?.value : undefined;
}
