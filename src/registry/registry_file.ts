/**
 * Reading and writing either registry.
 *
 * @module
 */
import type { ParseError } from "jsonc-parser";
import { CmgrError } from "../errors.ts";
import { replaceFile } from "../system/write.ts";
import { readTextIfPresent } from "../system/read.ts";
import { lineOf } from "../json/position.ts";
import { Fault, type Shape } from "../json/validate.ts";

/** The newest form of the registries that this cmgr writes and understands. */
export const registryVersion = 1;

/**
 * Reads and checks a registry.
 *
 * Needs read permission for the path.
 *
 * @param path The file
 * @param shape What it must look like; more fields may stand beside and are kept
 * @returns The registry, or `undefined` when there is no such file
 * @throws {CmgrError} `damaged`, with path and line or field; the file is left as it is
 */
export async function readRegistry<T>(
  path: string,
  shape: Shape<T>,
): Promise<T | undefined> {
  const text = await readTextIfPresent(path);
  if (text === undefined) return undefined;
  if (text.trim() === "") throw damaged(path, "the file is empty");
  const data = parse(text);
  if (data === undefined) {
    const { parseTree } = await import("jsonc-parser");
    const errors: ParseError[] = [];
    parseTree(text, errors, { disallowComments: true });
    const line = lineOf(text, errors[0]?.offset ?? text.length);
    throw damaged(path, `not valid JSON at line ${line}`);
  }
  return check(path, data, shape);
}

function check<T>(path: string, data: unknown, shape: Shape<T>): T {
  const version = (data as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version > registryVersion) {
    throw new CmgrError(
      "damaged",
      `${path} is of version ${version}, written by a newer cmgr; this one knows up to version ${registryVersion}`,
      "Use the newer cmgr; this one has changed nothing",
    );
  }
  try {
    return shape(data);
  } catch (error) {
    throw error instanceof Fault ? damaged(path, error.message) : error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Writes a registry whole.
 *
 * Needs read and write permission for its folder.
 *
 * @param path The file
 * @param data Its new content
 */
export async function writeRegistry(path: string, data: object): Promise<void> {
  await replaceFile(path, formatRegistry(data));
}

/**
 * A registry as text: a line for each instance, to be read by people, and half as long as with a
 * line for each value.
 *
 * @param data Its content
 */
export function formatRegistry(data: object): string {
  return `{\n${
    linesOf(data, "  ", (value) => {
      const isDictionary = typeof value === "object" && value !== null && !Array.isArray(value);
      if (!isDictionary || Object.keys(value).length === 0) return JSON.stringify(value);
      return `{\n${linesOf(value, "    ", JSON.stringify)}\n  }`;
    })
  }\n}\n`;
}

function linesOf(from: object, indent: string, format: (value: unknown) => string): string {
  return Object.entries(from).filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${indent}${JSON.stringify(key)}: ${format(value)}`).join(",\n");
}

function damaged(path: string, reason: string): CmgrError {
  return new CmgrError(
    "damaged",
    `${path} cannot be used: ${reason}`,
    "cmgr has left the file as it is; fix it, or have it rebuilt from the sandboxes: cmgr doctor --fix",
  );
}
