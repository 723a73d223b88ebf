import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { waitUntil } from "../system/wait.ts";
import { isSame, type Process } from "./process.ts";
import { signal } from "./signals.ts";
import { type ScannedStatus, scanStatus } from "./status.ts";
import { dataDirArgument } from "./tags.ts";

/** How long servers may take to end once the app is gone, in milliseconds. */
const serversMs = 2_000;

/** How long a process may take to end after SIGKILL, in milliseconds. */
const killMs = 10_000;

/** Programs that start the app and end when it does. */
const wrappers = new Set(["bwrap", "open"]);

/** The app is asked to end, then what it left, then the rest is killed. */
export type EndingStep = "quit" | "end" | "kill";

/**
 * SIGTERM to the app, which ends its servers and writes its files; SIGTERM to what is left; SIGKILL
 * to the rest.
 *
 * @param timeoutMs How long the app may take to end by itself, in milliseconds
 * @returns The status of the instance before
 * @throws {CmgrError} `failed`, when a process survives SIGKILL; `conflict`, when cmgr was called
 * from inside the instance
 */
export async function terminate(
  paths: Paths,
  instance: string,
  timeoutMs: number,
  onStep: (step: EndingStep) => void = () => {},
): Promise<ScannedStatus> {
  const before = await scanStatus(paths, instance);
  if (before.caller) {
    throw new CmgrError(
      "conflict",
      `"${instance}" cannot be stopped from inside: this command was started by its process ` +
        `${before.caller.pid} (${before.caller.name})`,
      "Repeat the command in a terminal outside the instance",
    );
  }
  let current = before;
  const findAll = async () => (current = await scanStatus(paths, instance)).processes;
  const apps = () => appsOf(paths, instance, current);
  onStep("quit");
  if (await signal(apps(), "TERM")) {
    await waitUntil(timeoutMs, async () => (await findAll(), apps().length === 0));
  }
  if (current.processes.length > 0) onStep("end");
  await signal(current.processes.filter((process) => !isWrapper(current, process)), "TERM");
  const isGone = async () => (await findAll()).length === 0;
  await waitUntil(Math.min(serversMs, timeoutMs), isGone);
  if (current.processes.length > 0) onStep("kill");
  const left = await kill(current.processes, findAll);
  if (left.length === 0) return before;
  const pids = left.map(({ pid }) => pid).join(",");
  throw new CmgrError(
    "failed",
    `"${instance}" could not be stopped: ${pids} survived SIGKILL`,
    Deno.build.os === "windows"
      ? "Look for them in the Task Manager, under Details"
      : `See what is left with: ps -o pid,user,stat,args -p ${pids}`,
  );
}

/**
 * Waits for processes to end by themselves, then SIGTERM, then SIGKILL.
 *
 * @param find Finds the remaining processes
 * @param graceMs How long to wait before each signal, in milliseconds
 * @returns The processes that survived SIGKILL
 */
export async function endProcesses(
  find: () => Promise<readonly Process[]>,
  graceMs: number,
): Promise<readonly Process[]> {
  const isGone = async () => (await find()).length === 0;
  if (await waitUntil(graceMs, isGone)) return [];
  await signal(await find(), "TERM");
  if (await waitUntil(graceMs, isGone)) return [];
  return await kill(await find(), find);
}

/** Repeats the search, since more may be started while the others are killed. */
async function kill(
  first: readonly Process[],
  find: () => Promise<readonly Process[]>,
): Promise<readonly Process[]> {
  let left = first;
  await waitUntil(killMs, async () => {
    await signal(left, "KILL");
    left = await find();
    return left.length === 0;
  });
  return left;
}

/** The process that was started, or the topmost ones with the data folder as an argument. */
export function appsOf(paths: Paths, instance: string, status: ScannedStatus): Process[] {
  const { run, processes } = status;
  const dataDir = dataDirArgument(paths, instance);
  const apps = processes.filter((process) =>
    !isWrapper(status, process) && (run && isSame(process, run) || process.tags.includes(dataDir))
  );
  // The app ends its own helpers.
  const pids = new Set(apps.map(({ pid }) => pid));
  return apps.filter(({ parent }) => !pids.has(parent));
}

function isWrapper({ run }: ScannedStatus, { pid, name }: Process): boolean {
  return wrappers.has(name) || pid === run?.supervisor;
}
