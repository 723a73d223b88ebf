/**
 * Reading and writing either registry.
 *
 * @module
 */
import { type ParseError, parseTree } from "jsonc-parser";
import { CmgrError } from "../errors.ts";
import { readTextIfPresent, replaceFile } from "../files.ts";
import { lineOf } from "../text.ts";
import { Fault } from "./schemas.ts";

/** The newest form of the registries that this cmgr writes and understands. */
export const registryVersion = 1;

/**
 * Reads and checks a registry.
 *
 * Needs read permission for the path.
 *
 * @param path The file
 * @param check What it must look like; more fields may stand beside and are kept
 * @returns The registry, or `undefined` when there is no such file
 * @throws {CmgrError} `damaged`, with path and line or field; the file is left as it is
 */
export async function readRegistry<T>(
  path: string,
  check: (data: unknown) => T | Fault,
): Promise<T | undefined> {
  const text = await readTextIfPresent(path);
  if (text === undefined) return undefined;
  if (text.trim() === "") throw damaged(path, "the file is empty");
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    const errors: ParseError[] = [];
    parseTree(text, errors, { disallowComments: true });
    const line = lineOf(text, errors[0]?.offset ?? text.length);
    throw damaged(path, `not valid JSON at line ${line}`);
  }
  const version = (data as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version > registryVersion) {
    throw new CmgrError(
      "damaged",
      `${path} is of version ${version}, written by a newer cmgr; this one knows up to version ${registryVersion}`,
      "Use the newer cmgr; this one has changed nothing",
    );
  }
  const result = check(data);
  if (result instanceof Fault) throw damaged(path, result.reason);
  return result;
}

/**
 * Writes a registry whole.
 *
 * Needs read and write permission for its folder.
 *
 * @param path The file
 * @param data Its new content
 */
export async function writeRegistry(path: string, data: unknown): Promise<void> {
  await replaceFile(path, `${JSON.stringify(data, undefined, 2)}\n`);
}

function damaged(path: string, reason: string): CmgrError {
  return new CmgrError(
    "damaged",
    `${path} cannot be used: ${reason}`,
    "cmgr has left the file as it is; mend it, or have it made anew from the sandboxes: cmgr doctor --fix",
  );
}
