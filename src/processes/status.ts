/**
 * How instances stand: asked of the operating system each time, never stored.
 *
 * @module
 */
import { CmgrError } from "../errors.ts";
import { listFolder } from "../system/folders.ts";
import { type Paths, runFileName } from "../paths.ts";
import { processesOf } from "./ownership.ts";
import { isSame } from "./identity.ts";
import type { Process, ProcessTable } from "./process.ts";
import { processTable } from "./list.ts";
import { readExitCode, readRunRecord, type Run } from "./run_record.ts";

/**
 * How an instance stands.
 *
 * - `running`: its app runs.
 * - `stopped`: it was stopped, or the app ended by itself as it should.
 * - `crashed`: the app ended in another way, and nothing of it is left.
 * - `leftover`: the app is gone, and other processes of the instance are alive.
 * - `interrupted`: the machine went down while it ran.
 */
export type Status = "running" | "stopped" | "crashed" | "leftover" | "interrupted";

/** How an instance stands, and what is known of it. */
export interface InstanceStatus {
  /** In one word. */
  readonly status: Status;
  /** How it was last started. */
  readonly run: Run | undefined;
  /** How the app ended: 128 and more for a signal; `undefined` when nobody saw it. */
  readonly exitCode: number | undefined;
  /** Its processes. */
  readonly processes: readonly Process[];
}

/**
 * Judges how an instance stands: pure.
 *
 * @param run How it was last started
 * @param exitCode How that ended
 * @param table All processes
 * @param processes Those of the instance
 */
export function deriveStatus(
  run: Run | undefined,
  exitCode: number | undefined,
  table: ProcessTable,
  processes: readonly Process[],
): InstanceStatus {
  const state = (status: Status): InstanceStatus => ({ status, run, exitCode, processes });
  const isSameBoot = run?.boot === table.boot;
  if (run && isSameBoot && processes.some((process) => isSame(process, run))) {
    return state("running");
  }
  if (processes.length > 0) return state("leftover");
  if (run === undefined) return state("stopped");
  if (exitCode !== undefined) return state(isOnRequest(exitCode) ? "stopped" : "crashed");
  return state(isSameBoot ? "crashed" : "interrupted");
}

/** It ended as it should, or by SIGHUP, SIGINT or SIGTERM: a logout, say. */
function isOnRequest(exitCode: number): boolean {
  return [0, 129, 130, 143].includes(exitCode);
}

/**
 * How instances stand.
 *
 * Needs read permission for `~/.cmgr`, and run permission to ask about processes.
 *
 * @param paths Where run files are
 * @param instances Names
 * @param asked The processes, when somebody has asked for them already, to save time
 * @returns One state for each name
 */
export async function statusesOf(
  paths: Paths,
  instances: readonly string[],
  asked?: Promise<ProcessTable>,
): Promise<Map<string, InstanceStatus>> {
  if (instances.length === 0) return new Map();
  // The files first: what starts meanwhile is found by its mark, and what ends is not in a table.
  const files = await listFolder(paths.run);
  const names = new Set(files.map(({ name }) => name));
  const runs = new Map<string, Run>();
  for (const name of instances) {
    const run = names.has(runFileName(name)) ? await readRunRecord(paths, name) : undefined;
    if (run !== undefined) runs.set(name, run);
  }
  const table = await (asked ?? processTable(paths));
  const states = new Map<string, InstanceStatus>();
  for (const name of instances) {
    const run = runs.get(name);
    const processes = processesOf(paths, name, run, table, Deno.pid);
    const exitCode = run && await readExitCode(paths, name, run);
    states.set(name, deriveStatus(run, exitCode, table, processes));
  }
  // An older table may lack what was started since, and hold what was stopped since.
  const isDoubtful = asked !== undefined && [...states.values()].some(isDoubtfulByAge);
  return isDoubtful ? await statusesOf(paths, instances) : states;
}

function isDoubtfulByAge({ status, exitCode }: InstanceStatus): boolean {
  return status === "leftover" || (status === "crashed" && exitCode === undefined);
}

/**
 * How one instance stands.
 *
 * Needs the permissions of {@linkcode statusesOf}.
 */
export async function statusOf(
  paths: Paths,
  instance: string,
  asked?: Promise<ProcessTable>,
): Promise<InstanceStatus> {
  return (await statusesOf(paths, [instance], asked)).get(instance)!;
}

/**
 * Whether anything of an instance runs, be it no more than a leftover.
 *
 * Needs the permissions of {@linkcode statusesOf}.
 */
export async function isRunning(
  paths: Paths,
  instance: string,
  asked?: Promise<ProcessTable>,
): Promise<boolean> {
  return (await statusOf(paths, instance, asked)).processes.length > 0;
}

/**
 * Refuses an instance of which anything runs.
 *
 * Needs the permissions of {@linkcode statusesOf}.
 *
 * @throws {CmgrError} `running`
 */
export async function refuseRunning(paths: Paths, instance: string): Promise<void> {
  const { status, run, processes } = await statusOf(paths, instance);
  if (processes.length === 0) return;
  const pids = processes.map(({ pid }) => pid).sort((a, b) => a - b);
  throw new CmgrError(
    "running",
    status === "running"
      ? `"${instance}" is running (process ${run!.pid})`
      : `The app of "${instance}" does not run, but other processes of it do: ${
        pids.slice(0, 10).join(", ")
      }`,
    status === "running"
      ? `Stop it first: cmgr stop ${instance}`
      : `End them first: cmgr stop ${instance}`,
  );
}
