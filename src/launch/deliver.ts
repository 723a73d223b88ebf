/**
 * Handing something to an app that runs: it is started once more with the same data folder, tells
 * the one that runs, and ends.
 */
import { CmgrError, messageOf } from "../errors.ts";
import { run } from "../system/run.ts";
import type { Plan } from "./plan.ts";
import { joinArguments } from "../system/windows_arguments.ts";

/** How long the second process may take, in milliseconds. */
const limitMs = 30_000;

const windowsScript = `$file, $line = $env:CMGR_FILE, $env:CMGR_LINE
Remove-Item Env:CMGR_FILE, Env:CMGR_LINE
exit (Start-Process -FilePath $file -ArgumentList $line -PassThru -Wait).ExitCode`;

/**
 * Runs a plan to its end. Its output is dropped: a link must not get into a log.
 *
 * @throws {CmgrError} `failed`, when the app does not take it
 */
export async function deliver(instance: string, plan: Plan): Promise<void> {
  const [file, ...args] = plan.argv;
  const isAllowed = plan.isolation === "bubblewrap" || file === "open";
  const [program, given, own] = Deno.build.os === "windows"
    ? ["powershell", ["-NoProfile", "-Command", windowsScript], {
      CMGR_FILE: file,
      CMGR_LINE: joinArguments(args),
    }]
    : isAllowed
    ? [file, args, {}]
    : ["sh", ["-c", 'exec "$@"', "sh", ...plan.argv], {}];
  let code: number;
  try {
    ({ code } = await run(program as string, given as string[], {
      env: { ...plan.env, ...own as Record<string, string> },
      readNothing: true,
      timeoutMs: limitMs,
    }));
  } catch (error) {
    throw new CmgrError(
      "failed",
      `"${instance}" could not be reached: ${messageOf(error)}`,
      `See its status: cmgr status ${instance}`,
      { cause: error },
    );
  }
  if (code === 0) return;
  throw new CmgrError(
    "failed",
    `The app of "${instance}" did not take it (exit code ${code})`,
    `See its status: cmgr status ${instance}`,
  );
}
