/** Finding and starting the app on Windows, by PowerShell. */
import { join } from "node:path";
import * as v from "valibot";
import { exitFileOf, logOf, type Paths, sandboxOf } from "../paths.ts";
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
 * The full path of the first program that exists.
 *
 * @param isPackageToo Also looks for the MSIX package, last
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

/** Standard error, which Chromium and Node write to, goes to the log, the rest into the sandbox. */
export function startApp(paths: Paths, instance: string, argv: readonly string[]): Command {
  return powershellCommand("startApp", {
    ...appOf(argv),
    errors: logOf(paths, instance),
    output: join(sandboxOf(paths, instance), ".stdout.log"),
    exit: exitFileOf(paths, instance),
  });
}

const startAnswer = v.object({ pid: v.number(), started: v.string(), boot: v.string() });

/**
 * @param line The answer to {@linkcode startApp}; empty when there was none
 * @throws {CmgrError} `failed`
 */
export function readStart(line: string): { pid?: number; started: string; boot: string } {
  const [answer] = readAnswers(line, startAnswer);
  return answer ?? { started: "", boot: "" };
}

export function handOver(argv: readonly string[]): Command {
  return powershellCommand("handOver", appOf(argv));
}

function appOf([file, ...args]: readonly string[]): { file: string; line: string } {
  return { file, line: joinArguments(args) };
}
