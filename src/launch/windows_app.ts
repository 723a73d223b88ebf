/** Finding and starting the app on Windows, by PowerShell. */
import { join } from "node:path";
import * as v from "valibot";
import { exitFileOf, logOf, type Paths, sandboxOf } from "../paths.ts";
import type { Schema } from "../json/validate.ts";
import type { Identity } from "../processes/identity.ts";
import {
  askPowerShell,
  type PowerShell,
  powershellCommand,
  readAnswers,
} from "../system/powershell.ts";
import type { Command } from "../system/run.ts";
import { joinArguments } from "../system/windows_arguments.ts";

/** The MSIX package of Claude Desktop, and the app in it. */
const msix = { family: "Claude_pzs8sxrjxfjjc", program: "app\\Claude.exe" };

/**
 * Finds the first of some programs.
 *
 * @param isPackageToo Whether the MSIX package, after them, will do
 * @returns Its full path
 * @throws {CmgrError} `failed`, when PowerShell cannot be asked
 */
export async function findApp(
  programs: readonly string[],
  isPackageToo: boolean,
  ask: PowerShell = askPowerShell,
): Promise<string | undefined> {
  const given = { programs, package: isPackageToo ? msix : null };
  const [answer] = await ask("findApp", given, v.object({ found: v.string() }));
  return answer?.found;
}

/** Errors go to the log: Chromium and Node write there. The rest is put beside the app's data. */
export function startApp(paths: Paths, instance: string, argv: readonly string[]): Command {
  return powershellCommand("startApp", {
    ...appOf(argv),
    errors: logOf(paths, instance),
    output: join(sandboxOf(paths, instance), ".stdout.log"),
    exit: exitFileOf(paths, instance),
  });
}

const startAnswer: Schema<Identity & { boot: string }> = v.object({
  pid: v.number(),
  started: v.string(),
  boot: v.string(),
});

/**
 * @param line The answer to {@linkcode startApp}; empty when there was none
 * @throws {CmgrError} `failed`
 */
export function readStart(line: string): Partial<Identity> & { boot: string } {
  const [answer] = readAnswers(line, startAnswer);
  return answer ?? { boot: "" };
}

export function handOver(argv: readonly string[]): Command {
  return powershellCommand("handOver", appOf(argv));
}

function appOf([file, ...args]: readonly string[]): { file: string; line: string } {
  return { file, line: joinArguments(args) };
}
