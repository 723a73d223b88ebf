import * as v from "valibot";
import type { Schema } from "../json/validate.ts";
import { askPowerShell, type PowerShell } from "../system/powershell.ts";
import { splitArguments } from "../system/windows_arguments.ts";
import type { Process, ProcessTable } from "./process.ts";

interface Answer {
  readonly pid: number;
  readonly parent: number;
  readonly started: string;
  readonly name: string;
  /** `null` of another user's process. */
  readonly command: string | null;
}

const answer: Schema<Answer> = v.object({
  pid: v.number(),
  parent: v.number(),
  started: v.string(),
  name: v.string(),
  command: v.nullable(v.string()),
});

/** The first process after the idle one: its start does not move when the clock is set. */
const system = 4;

/**
 * Variables of other processes cannot be read, so only arguments say whose a process is.
 *
 * @throws {CmgrError} `failed`
 */
export async function listWindows(ask: PowerShell = askPowerShell): Promise<ProcessTable> {
  const found = new Map((await ask("listProcesses", {}, answer)).map((one) => [one.pid, one]));
  const processes = new Map<number, Process>();
  for (const { pid, parent, started, name, command } of found.values()) {
    // It has ended meanwhile, or is the idle process.
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

/** Windows keeps the number of a parent that is gone, and uses it again for another process. */
function isParent(parent: Answer | undefined, started: string): boolean {
  return parent !== undefined && parent.started !== "" && BigInt(parent.started) <= BigInt(started);
}
