import * as v from "valibot";
import { askPowerShell, type PowerShell } from "../system/powershell.ts";

/** By pid, on Windows; processes that are gone are left out. Throws `failed`. */
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
