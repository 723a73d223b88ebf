/** The status of instances by their run locks; `status.ts` is loaded only when it is needed. */
import { listFolder } from "../system/folders.ts";
import { type Paths, runFileName } from "../paths.ts";
import { readLiveRun } from "./run_record.ts";
import type { InstanceStatus } from "./status.ts";

/**
 * For commands that only read. Processes are listed only when there is a run record and its lock is
 * not held. Without a record an instance counts as stopped, even if something else was started with
 * its folders.
 */
export async function statusesOf(
  paths: Paths,
  instances: readonly string[],
): Promise<Map<string, InstanceStatus>> {
  const names = new Set((await listFolder(paths.run)).map(({ name }) => name));
  const statuses = new Map<string, InstanceStatus>();
  const ended: string[] = [];
  for (const name of instances) {
    const hasRecord = names.has(runFileName(name));
    const run = hasRecord ? await readLiveRun(paths, name) : undefined;
    if (hasRecord && run === undefined) ended.push(name);
    statuses.set(name, { status: run ? "running" : "stopped", run, exitCode: undefined });
  }
  if (ended.length === 0) return statuses;
  const { scanStatuses } = await import("./status.ts");
  return new Map([...statuses, ...await scanStatuses(paths, ended)]);
}

/** For commands that only read: see {@linkcode statusesOf}. */
export async function statusOf(paths: Paths, instance: string): Promise<InstanceStatus> {
  return (await statusesOf(paths, [instance])).get(instance)!;
}

/** Also true for leftovers of an app that has ended. */
export async function isRunning(paths: Paths, instance: string): Promise<boolean> {
  if (await readLiveRun(paths, instance) !== undefined) return true;
  const { scanStatus } = await import("./status.ts");
  return (await scanStatus(paths, instance)).processes.length > 0;
}
