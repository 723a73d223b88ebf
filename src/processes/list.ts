/**
 * The processes of this machine, with what tells to which instance they belong.
 *
 * @module
 */
import { CmgrError, messageOf } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { tagVariable } from "./tags.ts";
import type { Process, ProcessTable } from "./process.ts";
import { parsePosix } from "./list_posix.ts";
import { parseWindows, windowsScript } from "./list_windows.ts";

/**
 * Lists the processes.
 *
 * Linux: `/proc` by way of `sh`, since Deno itself may not read it; start times in clock ticks
 * since a boot that has an id, so that no change of the clock blurs them. macOS: `ps`. Windows:
 * PowerShell.
 *
 * Needs run permission for `sh`, `ps` or `powershell`.
 *
 * @param paths Where sandboxes are: marks of others are left out
 * @throws {CmgrError} `failed`, when the system cannot be asked
 */
export async function processTable(paths: Paths): Promise<ProcessTable> {
  switch (Deno.build.os) {
    case "linux":
      return parseLinux(await ask("sh", ["-c", linuxScript, "sh", tagPattern(paths.sandboxes)]));
    case "windows":
      return parseWindows(await ask("powershell", ["-NoProfile", "-Command", windowsScript]));
    default:
      return parsePosix(
        await ask("ps", ["-axwwE", "-o", "pid=,ppid=,pgid=,lstart=,command="]),
        paths.sandboxes,
      );
  }
}

// One program reads everything: a shell would read each file byte by byte. What grep calls a line
// ends with a NUL here, so the name of a process may have a break in it.
const linuxScript = `read -r boot < /proc/sys/kernel/random/boot_id; echo "$boot"
exec grep -HaszE -e '^[0-9]+ [(]' -e "$1" /proc/[0-9]*/stat /proc/[0-9]*/environ /proc/[0-9]*/cmdline`;

/** It starts with a caret, so that it does not match where it stands as an argument itself. */
function tagPattern(sandboxes: string): string {
  const folder = sandboxes.replace(/[^A-Za-z0-9/_-]/g, (character) =>
    // A bracket takes anything literally but a caret and a backslash.
    /[\\^]/.test(character) ? `\\${character}` : `[${character}]`);
  return `^((${tagVariable}|--user-data-dir)=|PATH=(.*:)?)${folder}/|^CLAUDE_INSTANCE=`;
}

/**
 * Reads what the script for Linux prints.
 *
 * @param output A line with the boot's id, then file, colon and found text, each with a NUL: the
 * whole of `/proc/PID/stat`, or one mark of its variables or arguments
 * @throws {CmgrError} `failed`, when there is no process in it: not even the one that asked
 */
export function parseLinux(output: string): ProcessTable {
  const end = output.indexOf("\n");
  const boot = output.slice(0, end);
  const marks = new Map<number, string[]>();
  const stats: string[] = [];
  for (const found of output.slice(end + 1).split("\0")) {
    const match = /^\/proc\/(\d+)\/([a-z]+):(.*)$/s.exec(found);
    if (match === null) continue;
    const [, pid, file, text] = match;
    if (file === "stat") stats.push(text);
    else marks.set(Number(pid), [...marks.get(Number(pid)) ?? [], text]);
  }
  const processes = new Map<number, Process>();
  for (const stat of stats) {
    const pid = Number(stat.slice(0, stat.indexOf(" ")));
    // proc(5): after the name in parentheses the state is field 3, the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields.length < 20 || fields[0] === "Z" || fields[0] === "X") continue;
    processes.set(pid, {
      pid,
      started: `${boot}:${fields[19]}`,
      parent: Number(fields[1]),
      session: Number(fields[3]),
      name: stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")),
      marks: marks.get(pid) ?? [],
    });
  }
  if (processes.size > 0) return { boot, processes };
  throw new CmgrError(
    "failed",
    "The operating system could not be asked about processes: grep found none in /proc",
    "Install grep, and see that /proc is mounted",
  );
}

async function ask(program: string, args: string[]): Promise<string> {
  try {
    const { stdout } = await new Deno.Command(program, {
      args,
      stdin: "null",
      stderr: "null",
      // The format of a date is the language's, and a mark is bytes.
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
