/**
 * What is remembered of the process that cmgr started for an instance.
 *
 * @module
 */
import * as v from "valibot";
import { ensureFolder, readTextIfPresent, removeIfPresent, replaceFile } from "../files.ts";
import { type Paths, runFileOf } from "../paths.ts";
import type { Identity } from "./identity.ts";

const schema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(2)),
  started: v.string(),
});

/**
 * Reads which process an instance was started as.
 *
 * Needs read permission for `~/.cmgr`.
 *
 * @returns The process, dead or alive; `undefined` when there is no usable file
 */
export async function readRunFile(paths: Paths, instance: string): Promise<Identity | undefined> {
  const text = await readTextIfPresent(runFileOf(paths, instance));
  if (text === undefined) return undefined;
  try {
    return v.parse(schema, JSON.parse(text));
  } catch {
    // It only ever tells of a process; without it the instance counts as stopped.
    return undefined;
  }
}

/**
 * Remembers which process an instance was started as. Call it under the lock.
 *
 * Needs read and write permission for `~/.cmgr`.
 */
export async function writeRunFile(
  paths: Paths,
  instance: string,
  identity: Identity,
): Promise<void> {
  await ensureFolder(paths.run);
  await replaceFile(runFileOf(paths, instance), `${JSON.stringify(identity)}\n`);
}

/**
 * Forgets the process of an instance.
 *
 * Needs write permission for `~/.cmgr`.
 */
export async function removeRunFile(paths: Paths, instance: string): Promise<void> {
  await removeIfPresent(runFileOf(paths, instance));
}
