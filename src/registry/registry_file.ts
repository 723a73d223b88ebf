import * as v from "valibot";
import { CmgrError } from "../errors.ts";
import type { Schema } from "../json/validate.ts";
import { readJsonIfPresent } from "../system/read_json.ts";
import { replaceFile } from "../system/write.ts";

/** The newest version that this cmgr reads. */
export const registryVersion = 1;

/** @throws {CmgrError} `damaged`, with path, line and field; the file stays as it is */
export async function readRegistry<T>(path: string, schema: Schema<T>): Promise<T | undefined> {
  // A newer form may differ in everything else, too.
  const known = v.pipe(v.unknown(), v.transform((data) => refuseNewer(path, data)), schema);
  return await readJsonIfPresent(path, known, {
    hint: "Fix the file, or rebuild it from the sandboxes: cmgr doctor --fix",
  });
}

function refuseNewer(path: string, data: unknown): unknown {
  const version = (data as { version?: unknown } | null)?.version;
  if (typeof version !== "number" || version <= registryVersion) return data;
  throw new CmgrError(
    "damaged",
    `${path} has version ${version}, written by a newer cmgr; this cmgr reads versions up to ${registryVersion}`,
    "Use the newer version of cmgr; nothing was changed",
  );
}

/** Call it under the lock only. */
export async function writeRegistry(path: string, data: object): Promise<void> {
  await replaceFile(path, formatRegistry(data));
}

/** A line for each instance, for people who read it. */
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
