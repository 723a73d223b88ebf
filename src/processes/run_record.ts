/** What is remembered of the process that cmgr started for an instance. */
import { ensureFolder, removeIfPresent, replaceFile } from "../system/write.ts";
import { isLocked } from "../system/file_lock.ts";
import { readTextIfPresent } from "../system/read.ts";
import { readOptionalJson } from "../system/read_json.ts";
import { busFileOf, exitFileOf, type Paths, runFileOf, runLockOf } from "../paths.ts";
import * as v from "valibot";
import { fields, type Schema, wholeNumber } from "../json/validate.ts";
import type { Identity } from "./identity.ts";
import type { ChosenIsolation } from "../sandbox/isolation.ts";

export interface Run extends Identity {
  /** The shell that waits for the process and records how it ended; it leads their session. */
  readonly supervisor?: number;
  /** Which boot of the machine it belongs to. */
  readonly boot?: string;
  readonly isolation?: ChosenIsolation;
  /** The app, with its own arguments. */
  readonly launcher?: readonly string[];
  /** In milliseconds since 1970. */
  readonly since?: number;
  /** When it was started or last opened, in milliseconds since 1970. */
  readonly opened?: number;
}

/** Names of version 0.1. */
interface OldRun {
  readonly keeper?: number;
}

const pid = wholeNumber(2, Number.MAX_SAFE_INTEGER);

const schema: Schema<Run & OldRun> = fields({
  pid,
  started: v.string(),
  supervisor: v.optional(pid),
  keeper: v.optional(pid),
  boot: v.optional(v.string()),
  isolation: v.optional(v.picklist(["bubblewrap", "profile"])),
  launcher: v.optional(v.array(v.string())),
  since: v.optional(v.number()),
  opened: v.optional(v.number()),
});

/** Of the last start, dead or alive; `undefined` when there is no usable record. */
export async function readRunRecord(paths: Paths, instance: string): Promise<Run | undefined> {
  const record = await readOptionalJson(runFileOf(paths, instance), schema);
  if (record === undefined) return undefined;
  const { keeper, ...run } = record;
  return keeper === undefined ? run : { ...run, supervisor: keeper };
}

/**
 * The run of an instance whose supervisor lives, and so its app. A lock says so, without asking the
 * system about processes. Where `flock` is not installed, no process holds that lock.
 */
export async function readLiveRun(paths: Paths, instance: string): Promise<Run | undefined> {
  // In this order: a record that is read first may be of an earlier run.
  return isLocked(runLockOf(paths, instance)) ? await readRunRecord(paths, instance) : undefined;
}

/** Call it under the lock. */
export async function writeRunRecord(paths: Paths, instance: string, run: Run): Promise<void> {
  await ensureFolder(paths.run);
  await replaceFile(runFileOf(paths, instance), `${JSON.stringify(run)}\n`);
}

/** Also removes how the run ended. Call it under the lock. */
export async function removeRunRecord(paths: Paths, instance: string): Promise<void> {
  await removeIfPresent(runFileOf(paths, instance));
  await removeIfPresent(exitFileOf(paths, instance));
  await removeIfPresent(runLockOf(paths, instance));
  await removeIfPresent(busFileOf(paths, instance));
}

/**
 * How the run of an instance ended, as its supervisor recorded it.
 *
 * @returns 128 and more for a signal; `undefined` when no process saw it
 */
export async function readExitCode(
  paths: Paths,
  instance: string,
  run: Run,
): Promise<number | undefined> {
  const content = await readTextIfPresent(exitFileOf(paths, instance)).catch(() => undefined);
  const match = /^(\d+) (\d+)\n$/.exec(content ?? "");
  // The supervisor of an earlier run may have been late.
  return match && Number(match[1]) === run.supervisor ? Number(match[2]) : undefined;
}
