/**
 * Handing something to an app that runs: it is started once more with the same data folder, tells
 * the one that runs, and ends.
 *
 * @module
 */
import { CmgrError, messageOf } from "../errors.ts";
import type { Plan } from "./plan.ts";
import { commandLine } from "./windows_quoting.ts";

/** How long the second start may take to hand over, in milliseconds. */
const limitMs = 30_000;

const windowsScript = `$file, $line = $env:CMGR_FILE, $env:CMGR_LINE
Remove-Item Env:CMGR_FILE, Env:CMGR_LINE
exit (Start-Process -FilePath $file -ArgumentList $line -PassThru -Wait).ExitCode`;

/**
 * Runs a plan to its end. Its output is dropped: a link must not get into a log.
 *
 * Needs run permission for `bwrap`, `open`, `sh` or `powershell`.
 *
 * @param instance Name of the instance
 * @param plan The second start
 * @throws {CmgrError} `failed`, when it does not hand over
 */
export async function deliver(instance: string, plan: Plan): Promise<void> {
  const [file, ...args] = plan.argv;
  const isOnList = plan.isolation === "bubblewrap" || file === "open";
  const [program, given, env] = Deno.build.os === "windows"
    ? ["powershell", ["-NoProfile", "-Command", windowsScript], {
      CMGR_FILE: file,
      CMGR_LINE: commandLine(args),
    }]
    : isOnList
    ? [file, args, {}]
    : ["sh", ["-c", 'exec "$@"', "sh", ...plan.argv], {}];
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limitMs);
  let code: number;
  try {
    const child = new Deno.Command(program as string, {
      args: given as string[],
      clearEnv: true,
      env: { ...plan.env, ...env as Record<string, string> },
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: late.signal,
    }).spawn();
    ({ code } = await child.status);
  } catch (error) {
    throw new CmgrError("failed", `"${instance}" could not be reached: ${messageOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
  if (code === 0 && !late.signal.aborted) return;
  throw new CmgrError(
    "failed",
    late.signal.aborted
      ? `The app of "${instance}" did not answer within ${limitMs / 1_000} seconds`
      : `The app of "${instance}" did not take it (exit code ${code})`,
    `See how it stands with: cmgr status ${instance}`,
  );
}
