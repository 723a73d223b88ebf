/**
 * Ending all processes of an instance.
 *
 * @module
 */
import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import type { Process } from "./process.ts";
import { signal } from "./signals.ts";
import { type InstanceStatus, statusOf } from "./status.ts";

/** How often it is looked whether something ended, in milliseconds. */
const lookMs = 100;

/** How long servers may take to end once the app is gone, in milliseconds. */
const serversMs = 2_000;

/** How long the system may take over SIGKILL, in milliseconds. */
const killMs = 10_000;

/** Programs that hold an instance together and are not it: they end when it does. */
const holders = new Set(["bwrap", "open"]);

/**
 * Ends all processes of an instance: SIGTERM to the app, which ends its servers and writes its
 * files; SIGTERM to what is left; SIGKILL to the rest.
 *
 * Needs read permission for `~/.cmgr`, and run permission for `sh`, `ps`, `kill` or `taskkill`.
 *
 * @param paths Where run files are
 * @param instance Its name
 * @param timeoutMs How long the app may take to end by itself, in milliseconds
 * @returns How the instance stood before
 * @throws {CmgrError} `failed`, when something outlives SIGKILL
 */
export async function terminate(
  paths: Paths,
  instance: string,
  timeoutMs: number,
): Promise<InstanceStatus> {
  const before = await statusOf(paths, instance);
  let state = before;
  const currentStatus = async () => (state = await statusOf(paths, instance));

  await signal(appsOf(state), "TERM");
  await until(timeoutMs, async () => appsOf(await currentStatus()).length === 0);
  await signal(state.processes.filter((process) => !isHolder(state, process)), "TERM");
  await until(
    Math.min(serversMs, timeoutMs),
    async () => (await currentStatus()).processes.length === 0,
  );
  // What is started while the others are killed is found by the next look.
  const isGone = await until(killMs, async () => {
    await signal(state.processes, "KILL");
    return (await currentStatus()).processes.length === 0;
  });
  if (!isGone) {
    const pids = state.processes.map(({ pid }) => pid).join(",");
    throw new CmgrError(
      "failed",
      `"${instance}" does not end: ${pids} outlived SIGKILL`,
      `Look at what is left with: ps -o pid,user,stat,args -p ${pids}`,
    );
  }
  return before;
}

/**
 * The app itself: the process that was started, or the topmost with the instance's data folder
 * among its arguments.
 *
 * @param state How an instance stands
 */
export function appsOf(state: InstanceStatus): Process[] {
  const { run, processes } = state;
  const apps = processes.filter((process) =>
    !isHolder(state, process) && (process.pid === run?.pid || hasDataDir(process))
  );
  // The app's own helpers are ended by it.
  const pids = new Set(apps.map(({ pid }) => pid));
  return apps.filter(({ parent }) => !pids.has(parent));
}

function hasDataDir({ marks }: Process): boolean {
  return marks.some((mark) => mark.startsWith("--user-data-dir="));
}

function isHolder({ run }: InstanceStatus, { pid, name }: Process): boolean {
  return holders.has(name) || pid === run?.supervisor;
}

/** Looks at once and then again and again, until it is so or the time is over. */
async function until(timeoutMs: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!await isSo()) {
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  return true;
}
