/**
 * Starting a process that outlives cmgr.
 *
 * @module
 */
import { CmgrError, messageOf } from "../errors.ts";
import { exitFileOf, logOf, type Paths, sandboxOf } from "../paths.ts";
import type { Plan } from "./plan.ts";
import { commandLine } from "./windows_quoting.ts";

/** A process that was started. */
export interface Spawned {
  /** Its process id; `undefined` when it could not even be started. */
  readonly pid: number | undefined;
  /** The shell that waits for it; there is none on Windows. */
  readonly supervisor: number | undefined;
  /** Its exit code, 128 and more for a signal, as long as cmgr itself lives. */
  readonly ended: Promise<number>;
}

/**
 * The keeper: starts the program in the session that it leads, tells its pid on standard output,
 * waits for it and notes how it ended. Signals meant for the program must not end the keeper;
 * a trap, unlike ignoring them, is not passed on. Nothing is spliced in: `$@` carries it all.
 */
const supervisorScript = `trap : HUP INT TERM
log=$1 exit=$2
shift 2
exec 3>&1 >>"$log" 2>&1
sh -c 'echo "$$" >&3; exec 3>&-; exec "$@"' sh "$@"
code=$?
umask 077
echo "$$ $code" >"$exit"
exit "$code"`;

const windowsScript = `$file, $line, $log = $env:CMGR_FILE, $env:CMGR_LINE, $env:CMGR_LOG
Remove-Item Env:CMGR_FILE, Env:CMGR_LINE, Env:CMGR_LOG
$rest = @{}
if ($line) { $rest.ArgumentList = $line }
$process = Start-Process -FilePath $file @rest -PassThru -RedirectStandardOutput $log -RedirectStandardError "$log.err"
$process.Id
$process.WaitForExit()
exit $process.ExitCode`;

/**
 * Starts what a plan says in a session of its own, its output in the instance's log.
 *
 * Needs run permission for `sh` or `powershell`.
 *
 * @param paths Where log and sandbox are
 * @param instance Name of the instance
 * @param plan What to start
 * @throws {CmgrError} `failed`, when not even a shell can be started
 */
export async function spawnDetached(
  paths: Paths,
  instance: string,
  plan: Plan,
): Promise<Spawned> {
  const isWindows = Deno.build.os === "windows";
  const [file, ...args] = plan.argv;
  const log = logOf(paths, instance);
  const [program, given, variables] = isWindows
    ? ["powershell", ["-NoProfile", "-Command", windowsScript], {
      CMGR_FILE: file,
      CMGR_LINE: commandLine(args),
      CMGR_LOG: log,
    }]
    : ["sh", [
      "-c",
      supervisorScript,
      "sh",
      log,
      exitFileOf(paths, instance),
      ...plan.argv,
    ], {}];
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program as string, {
      args: given as string[],
      clearEnv: true,
      env: { ...plan.env, ...variables as Record<string, string> },
      // So that no folder is kept busy by an instance that was started from it.
      cwd: sandboxOf(paths, instance),
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      detached: true,
    }).spawn();
  } catch (error) {
    throw new CmgrError("failed", `"${instance}" could not be started: ${messageOf(error)}`);
  }
  child.unref();
  return {
    pid: await firstNumber(child.stdout),
    supervisor: isWindows ? undefined : child.pid,
    ended: child.status.then(({ code }) => code),
  };
}

async function firstNumber(stream: ReadableStream<Uint8Array>): Promise<number | undefined> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    while (!text.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
  } finally {
    await reader.cancel();
  }
  const match = /^(\d+)\r?\n/.exec(text);
  return match ? Number(match[1]) : undefined;
}
