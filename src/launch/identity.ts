/**
 * Which process is which: a pid alone may be a stranger's by now, pid and start time are not.
 *
 * @module
 */
import { CmgrError, messageOf } from "../errors.ts";

/** A process that can be told from any other, past and future. */
export interface Identity {
  /** Its process id. */
  readonly pid: number;
  /** When it started, in the operating system's own terms; to be compared, not read. */
  readonly started: string;
}

/**
 * Asks the operating system when processes started.
 *
 * Linux: `/proc` by way of `sh`, since Deno itself may not read it, in clock ticks since a boot
 * that has an id, so that no change of the clock blurs it. macOS: `ps`. Windows: PowerShell.
 *
 * Needs run permission for `sh`, `ps` or `powershell`.
 *
 * @param pids Process ids
 * @returns Start times of those that live; a zombie does not
 * @throws {CmgrError} `failed`, when the system cannot be asked
 */
export async function startTimes(pids: readonly number[]): Promise<Map<number, string>> {
  if (pids.length === 0) return new Map();
  const ids = pids.map(String);
  switch (Deno.build.os) {
    case "linux":
      return parseLinux(await ask("sh", ["-c", linuxScript, "sh", ...ids]));
    case "windows":
      return parseLines(await ask("powershell", ["-NoProfile", "-Command", windowsScript(ids)]));
    default:
      return parseLines(await ask("ps", ["-o", "pid=,lstart=", "-p", ids.join(",")]));
  }
}

/**
 * Whether a process is still the one it was.
 *
 * Needs run permission as {@linkcode startTimes}.
 *
 * @param identity The process
 */
export async function isAlive(identity: Identity): Promise<boolean> {
  return (await startTimes([identity.pid])).get(identity.pid) === identity.started;
}

// A second line is read since the name of a process, which stands in the middle, may have a break.
const linuxScript = `read -r boot < /proc/sys/kernel/random/boot_id; echo "$boot"
for pid; do
  { read -r one; read -r two; } 2>/dev/null < "/proc/$pid/stat" || :
  [ -n "$one" ] && echo "$pid $one $two"
  one= two=
done 2>/dev/null
:`;

/**
 * Reads what the script for Linux prints.
 *
 * @param output The boot's id, then for each process its pid and its line of `/proc/PID/stat`
 */
export function parseLinux(output: string): Map<number, string> {
  const [boot, ...lines] = output.trim().split("\n");
  const found = new Map<number, string>();
  for (const line of lines) {
    const pid = Number(line.slice(0, line.indexOf(" ")));
    // proc(5): after the name in parentheses, the state is field 3 and the start time field 22.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    if (fields.length < 20 || fields[0] === "Z" || fields[0] === "X") continue;
    found.set(pid, `${boot}:${fields[19]}`);
  }
  return found;
}

/**
 * Reads lines of a pid and a time.
 *
 * @param output What `ps -o pid=,lstart=` or PowerShell prints
 */
export function parseLines(output: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const line of output.split("\n")) {
    const match = /^\s*(\d+)\s+(\S.*?)\s*$/.exec(line);
    if (match) found.set(Number(match[1]), match[2]);
  }
  return found;
}

function windowsScript(ids: readonly string[]): string {
  return `Get-Process -Id ${
    ids.join(",")
  } -ErrorAction SilentlyContinue | ForEach-Object { "$($_.Id) $($_.StartTime.ToFileTimeUtc())" }`;
}

async function ask(program: string, args: string[]): Promise<string> {
  try {
    const { stdout } = await new Deno.Command(program, {
      args,
      stdin: "null",
      stderr: "null",
      // The format of a date is the language's.
      env: { LC_ALL: "C" },
    }).output();
    return new TextDecoder().decode(stdout);
  } catch (error) {
    throw new CmgrError(
      "failed",
      `The operating system could not be asked about processes: ${program}: ${messageOf(error)}`,
      `Install ${program}, or put it on the PATH`,
      { cause: error },
    );
  }
}
