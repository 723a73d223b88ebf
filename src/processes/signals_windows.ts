import * as v from "valibot";
import { askPowerShell, type PowerShell } from "../system/powershell.ts";
import type { Identity } from "./process.ts";

/**
 * Closes the windows of processes, or kills the processes.
 *
 * @returns Whether there was a window to close or a process to kill
 */
export async function endOnWindows(
  processes: readonly Identity[],
  kill: boolean,
  ask: PowerShell = askPowerShell,
): Promise<boolean> {
  const given = { processes: processes.map(({ pid, started }) => ({ pid, started })), kill };
  return (await ask("endProcesses", given, v.object({ pid: v.number() }))).length > 0;
}
