/** What is remembered of the process that cmgr started for an instance. */
import { ensureFolder, removeIfPresent, replaceFile } from "../system/write.ts";
import { isLocked } from "../system/file_lock.ts";
import { readTextIfPresent } from "../system/read.ts";
import { readOptionalJson } from "../system/read_json.ts";
import { busFileOf, exitFileOf, type Paths, runFileOf, runLockOf } from "../paths.ts";
import * as v from "valibot";
import { fields, wholeNumber } from "../json/validate.ts";

const pid = wholeNumber(2, Number.MAX_SAFE_INTEGER);

const schema = fields({
  /** With `started` an {@linkcode Identity}. */
  pid,
  started: v.string(),
  /** The shell that waits for the process and records how it ended; it leads their session. */
  supervisor: v.optional(pid),
  /** Which boot of the machine it belongs to. */
  boot: v.optional(v.string()),
  isolation: v.optional(v.picklist(["bubblewrap", "profile"])),
  /** The app, with its own arguments. */
  launcher: v.optional(v.pipe(v.array(v.string()), v.readonly())),
  /** In milliseconds since 1970. */
  since: v.optional(v.number()),
  /** When it was started or last opened, in milliseconds since 1970. */
  opened: v.optional(v.number()),
  /** What its isolation lacked at the start: finding it out later would start processes. */
  warning: v.optional(v.string()),
  /** What version 0.1 called the supervisor. */
  keeper: v.optional(pid),
});

export type Run = Readonly<Omit<v.InferOutput<typeof schema>, "keeper">>;

/** Of the last start, even if the app has ended; `undefined` when there is no usable record. */
export async function readRunRecord(paths: Paths, instance: string): Promise<Run | undefined> {
  const record = await readOptionalJson(runFileOf(paths, instance), schema);
  if (record === undefined) return undefined;
  const { keeper, ...run } = record;
  return keeper === undefined ? run : { ...run, supervisor: keeper };
}

/**
 * `undefined` unless the supervisor is alive, and so the app. A lock says so, which starts no
 * process. Where `flock` is not installed, nobody holds that lock.
 */
export async function readLiveRun(paths: Paths, instance: string): Promise<Run | undefined> {
  // The lock first: a record that was read before it could be of an earlier run.
  return isLocked(runLockOf(paths, instance)) ? await readRunRecord(paths, instance) : undefined;
}

/** Call it under the lock. */
export async function writeRunRecord(paths: Paths, instance: string, run: Run): Promise<void> {
  await ensureFolder(paths.run);
  await replaceFile(runFileOf(paths, instance), `${JSON.stringify(run)}\n`);
}

/** With all other files of the run. Call it under the lock. */
export async function removeRunRecord(paths: Paths, instance: string): Promise<void> {
  for (const fileOf of [runFileOf, exitFileOf, runLockOf, busFileOf]) {
    await removeIfPresent(fileOf(paths, instance));
  }
}

/**
 * The exit code that the supervisor recorded: 128 and more for a signal; `undefined` when there is
 * no record of it.
 */
export async function readExitCode(
  paths: Paths,
  instance: string,
  run: Run,
): Promise<number | undefined> {
  const content = await readTextIfPresent(exitFileOf(paths, instance)).catch(() => undefined);
  const match = /^(\d+) (\d+)\n$/.exec(content ?? "");
  // It may be from the supervisor of an earlier run, which was late.
  return match && Number(match[1]) === run.supervisor ? Number(match[2]) : undefined;
}
