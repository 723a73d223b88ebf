/**
 * Whether instances run: asked of the operating system each time, never stored.
 *
 * @module
 */
import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { type Identity, startTimes } from "./identity.ts";
import { readRunFile } from "./run_file.ts";

/**
 * The processes of those instances that run.
 *
 * Needs read permission for `~/.cmgr`, and run permission to ask about processes.
 *
 * @param paths Where run files are
 * @param instances Names
 * @returns Processes by name; an instance that does not run is not among them
 */
export async function runningOf(
  paths: Paths,
  instances: readonly string[],
): Promise<Map<string, Identity>> {
  const known = (await Promise.all(instances.map(async (name) => {
    const identity = await readRunFile(paths, name);
    return identity ? [[name, identity] as const] : [];
  }))).flat();
  const alive = await startTimes(known.map(([, identity]) => identity.pid));
  return new Map(known.filter(([, { pid, started }]) => alive.get(pid) === started));
}

/**
 * Whether one instance runs.
 *
 * Needs the permissions of {@linkcode runningOf}.
 */
export async function isRunning(paths: Paths, instance: string): Promise<boolean> {
  return (await runningOf(paths, [instance])).has(instance);
}

/**
 * Refuses an instance that runs.
 *
 * Needs the permissions of {@linkcode runningOf}.
 *
 * @throws {CmgrError} `running`
 */
export async function refuseRunning(paths: Paths, instance: string): Promise<void> {
  const running = (await runningOf(paths, [instance])).get(instance);
  if (running === undefined) return;
  throw new CmgrError(
    "running",
    `"${instance}" is running (process ${running.pid})`,
    `Stop it first: cmgr stop ${instance}`,
  );
}
