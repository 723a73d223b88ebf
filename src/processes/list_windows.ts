import * as v from "valibot";
import { askPowerShell, type PowerShell } from "../system/powershell.ts";
import { splitArguments } from "../system/windows_arguments.ts";
import type { Process, ProcessTable } from "./process.ts";

const answer = v.object({
  pid: v.number(),
  parent: v.number(),
  started: v.string(),
  name: v.string(),
  /** `null` for another user's process. */
  command: v.nullable(v.string()),
});

/** The first process after the idle one; its start time does not change with the clock. */
const system = 4;

/**
 * Only arguments are tags here, since variables of other processes cannot be read.
 *
 * @throws {CmgrError} `failed`
 */
export async function listWindows(ask: PowerShell = askPowerShell): Promise<ProcessTable> {
  const found = new Map((await ask("listProcesses", {}, answer)).map((one) => [one.pid, one]));
  const processes = new Map<number, Process>();
  for (const { pid, parent, started, name, command } of found.values()) {
    // Ended meanwhile, or the idle process.
    if (started === "") continue;
    processes.set(pid, {
      pid,
      started,
      parent: isParent(found.get(parent), started) ? parent : 0,
      session: 0,
      name,
      tags: splitArguments(command ?? "").filter((arg) => arg.startsWith("--user-data-dir=")),
    });
  }
  return { boot: found.get(system)?.started ?? "", processes };
}

/** Windows keeps the pid of a parent that has ended, and gives it to another process. */
function isParent(parent: { readonly started: string } | undefined, started: string): boolean {
  return parent !== undefined && parent.started !== "" && BigInt(parent.started) <= BigInt(started);
}
