/**
 * What is remembered of the process that cmgr started for an instance.
 *
 * @module
 */
import { ensureFolder, removeIfPresent, replaceFile } from "../system/write.ts";
import { readTextIfPresent } from "../system/read.ts";
import { readNote } from "../registry/note_file.ts";
import { busFileOf, exitFileOf, type Paths, runFileOf } from "../paths.ts";
import {
  fields,
  list,
  number,
  oneOf,
  optional,
  type Shape,
  text,
  whole,
} from "../json/validate.ts";
import type { Identity } from "./identity.ts";
import type { ChosenIsolation } from "../sandbox/isolation.ts";

/** One start of an instance. */
export interface Run extends Identity {
  /** The shell that waits for the process and notes how it ended; it leads their session. */
  readonly supervisor?: number;
  /** Which boot of the machine it belongs to. */
  readonly boot?: string;
  /** How it is kept apart. */
  readonly isolation?: ChosenIsolation;
  /** The app, with its own arguments. */
  readonly launcher?: readonly string[];
  /** When it was started or last opened, in milliseconds since 1970. */
  readonly opened?: number;
}

const pid = whole(2, Number.MAX_SAFE_INTEGER);

const shape: Shape<Run> = fields<Run>({
  pid,
  started: text,
  supervisor: optional(pid),
  boot: optional(text),
  isolation: optional(oneOf("bubblewrap", "profile")),
  launcher: optional(list(text)),
  opened: optional(number),
});

/**
 * Reads how an instance was last started.
 *
 * Needs read permission for `~/.cmgr`.
 *
 * @returns The run, dead or alive; `undefined` when there is no usable file
 */
export async function readRunRecord(paths: Paths, instance: string): Promise<Run | undefined> {
  // It only ever tells of a process; what runs without it is found by its marks.
  return await readNote(runFileOf(paths, instance), shape);
}

/**
 * Remembers how an instance was started. Call it under the lock.
 *
 * Needs read and write permission for `~/.cmgr`.
 */
export async function writeRunRecord(paths: Paths, instance: string, run: Run): Promise<void> {
  await ensureFolder(paths.run);
  await replaceFile(runFileOf(paths, instance), `${JSON.stringify(run)}\n`);
}

/**
 * Forgets the run of an instance, and how it ended. Call it under the lock.
 *
 * Needs write permission for `~/.cmgr`.
 */
export async function removeRunRecord(paths: Paths, instance: string): Promise<void> {
  await removeIfPresent(runFileOf(paths, instance));
  await removeIfPresent(exitFileOf(paths, instance));
  await removeIfPresent(busFileOf(paths, instance));
}

/**
 * How the run of an instance ended, as its keeper noted it.
 *
 * Needs read permission for `~/.cmgr`.
 *
 * @returns The exit code, 128 and more for a signal; `undefined` when nobody saw it
 */
export async function readExitCode(
  paths: Paths,
  instance: string,
  run: Run,
): Promise<number | undefined> {
  const content = await readTextIfPresent(exitFileOf(paths, instance)).catch(() => undefined);
  const match = /^(\d+) (\d+)\n$/.exec(content ?? "");
  // A keeper of an earlier run may have come late.
  return match && Number(match[1]) === run.supervisor ? Number(match[2]) : undefined;
}
