import * as v from "valibot";
import { askPowerShell, type PowerShell } from "../system/powershell.ts";

/**
 * Names of processes on Windows, by pid; those that are gone are left out.
 *
 * @throws {CmgrError} `failed`
 */
export async function processNames(
  pids: readonly number[],
  ask: PowerShell = askPowerShell,
): Promise<Map<number, string>> {
  const answers = await ask(
    "nameProcesses",
    { pids },
    v.object({ pid: v.number(), name: v.string() }),
  );
  return new Map(answers.map(({ pid, name }) => [pid, name]));
}
