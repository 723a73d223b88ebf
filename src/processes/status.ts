/** The status of instances, from the operating system each time; it is never stored. */
import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { ancestorsOf, instanceOwner, processesOf } from "./ownership.ts";
import { isSame, type Process, type ProcessTable } from "./process.ts";
import { processTable } from "./list.ts";
import { readExitCode, readLiveRun, readRunRecord, type Run } from "./run_record.ts";

/**
 * - `running`: its app runs.
 * - `stopped`: it was stopped, or the app ended normally.
 * - `crashed`: the app ended in another way, and no process is left.
 * - `leftover`: other processes of the instance run, but not the app.
 * - `interrupted`: the machine went down while it ran.
 */
export type Status = "running" | "stopped" | "crashed" | "leftover" | "interrupted";

export interface InstanceStatus {
  readonly status: Status;
  /** The last one. */
  readonly run: Run | undefined;
  /** Of the app, see {@linkcode readExitCode}. */
  readonly exitCode: number | undefined;
}

export interface ScannedStatus extends InstanceStatus {
  readonly processes: readonly Process[];
  /** The process of the instance that this cmgr was called from. */
  readonly caller: Process | undefined;
}

/**
 * @param exitCode Of the last run
 * @param processes Those of the instance
 */
export function deriveStatus(
  run: Run | undefined,
  exitCode: number | undefined,
  { boot }: ProcessTable,
  processes: readonly Process[],
): Status {
  const isSameBoot = run?.boot === boot;
  if (run && isSameBoot && processes.some((process) => isSame(process, run))) return "running";
  if (processes.length > 0) return "leftover";
  if (run === undefined) return "stopped";
  if (exitCode === undefined) return isSameBoot ? "crashed" : "interrupted";
  // SIGHUP, SIGINT and SIGTERM are requests, such as a logout.
  return [0, 129, 130, 143].includes(exitCode) ? "stopped" : "crashed";
}

/** Finds all processes of the instances, however they were started. */
export async function scanStatuses(
  paths: Paths,
  instances: readonly string[],
): Promise<Map<string, ScannedStatus>> {
  if (instances.length === 0) return new Map();
  // Records first: what starts meanwhile is found by its tags, and what ends is not in the table.
  const runs = new Map<string, Run | undefined>();
  for (const name of instances) runs.set(name, await readRunRecord(paths, name));
  const table = await processTable(paths);
  const ancestors = ancestorsOf(table, Deno.pid);
  const statuses = new Map<string, ScannedStatus>();
  for (const [name, run] of runs) {
    const processes = processesOf(table, instanceOwner(paths, name, run, table), Deno.pid);
    const exitCode = run && await readExitCode(paths, name, run);
    const status = deriveStatus(run, exitCode, table, processes);
    const caller = ancestors.find((process) => processes.includes(process));
    statuses.set(name, { status, run, exitCode, processes, caller });
  }
  return statuses;
}

export async function scanStatus(paths: Paths, instance: string): Promise<ScannedStatus> {
  return (await scanStatuses(paths, [instance])).get(instance)!;
}

/**
 * @param consequence The end of the sentence: what going on would do
 * @throws {CmgrError} `running`
 */
export async function refuseRunning(
  paths: Paths,
  instance: string,
  consequence = "",
): Promise<void> {
  await refuseLiveRun(paths, instance, consequence);
  const { status, run, processes } = await scanStatus(paths, instance);
  if (status === "running") throw runningError(instance, run!, consequence);
  if (processes.length === 0) return;
  const pids = processes.map(({ pid }) => pid).sort((a, b) => a - b).slice(0, 10);
  throw new CmgrError(
    "running",
    `The app of "${instance}" is not running, but other processes of it are: ${
      pids.join(", ")
    }${consequence}`,
    `Stop them first: cmgr stop ${instance}`,
  );
}

/**
 * Refuses an instance whose run lock is held, without listing processes.
 *
 * @throws {CmgrError} `running`
 */
export async function refuseLiveRun(
  paths: Paths,
  instance: string,
  consequence = "",
): Promise<void> {
  const run = await readLiveRun(paths, instance);
  if (run !== undefined) throw runningError(instance, run, consequence);
}

function runningError(instance: string, { pid }: Run, consequence: string): CmgrError {
  return new CmgrError(
    "running",
    `"${instance}" is running (process ${pid})${consequence}`,
    `Stop it first: cmgr stop ${instance}`,
  );
}
