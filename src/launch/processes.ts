/**
 * The processes of this machine, with what tells to which instance they belong.
 *
 * @module
 */
import { CmgrError, messageOf } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { markVariable } from "./marks.ts";
import type { Process, ProcessTable } from "./process.ts";
import { parsePosix } from "./processes_posix.ts";
import { parseWindows, windowsScript } from "./processes_windows.ts";

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
      return parseLinux(await ask("sh", ["-c", linuxScript, "sh", markPattern(paths.sandboxes)]));
    case "windows":
      return parseWindows(await ask("powershell", ["-NoProfile", "-Command", windowsScript]));
    default:
      return parsePosix(
        await ask("ps", ["-axwwE", "-o", "pid=,ppid=,pgid=,lstart=,command="]),
        paths.sandboxes,
      );
  }
}

// A second line is read since the name of a process, which stands in the middle, may have a break.
const linuxScript = `read -r boot < /proc/sys/kernel/random/boot_id; echo "$boot"
for at in /proc/[0-9]*; do
  { read -r one; read -r two; } < "$at/stat" || :
  [ -n "$one" ] && echo "\${at#/proc/} $one $two"
  one= two=
done 2>/dev/null
printf '\\0'
grep -HaszE -e "$1" /proc/[0-9]*/environ /proc/[0-9]*/cmdline
:`;

/** It starts with a caret, so that it does not match where it stands as an argument itself. */
function markPattern(sandboxes: string): string {
  const folder = sandboxes.replace(/[^A-Za-z0-9/_-]/g, (character) =>
    // A bracket takes anything literally but a caret and a backslash.
    /[\\^]/.test(character) ? `\\${character}` : `[${character}]`);
  return `^((${markVariable}|--user-data-dir)=|PATH=(.*:)?)${folder}/|^CLAUDE_INSTANCE=`;
}

/**
 * Reads what the script for Linux prints.
 *
 * @param output The boot's id, then for each process its pid and its line of `/proc/PID/stat`; a
 * NUL; then file and mark, each pair with a NUL
 */
export function parseLinux(output: string): ProcessTable {
  const [table, ...found] = output.split("\0");
  const [boot, ...lines] = table.trim().split("\n");
  const marks = new Map<number, string[]>();
  for (const line of found) {
    const match = /^\/proc\/(\d+)\/[a-z]+:(.*)$/s.exec(line);
    if (match) marks.set(Number(match[1]), [...marks.get(Number(match[1])) ?? [], match[2]]);
  }
  const processes = new Map<number, Process>();
  for (const line of lines) {
    const pid = Number(line.slice(0, line.indexOf(" ")));
    // proc(5): after the name in parentheses the state is field 3, the start time field 22.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    if (fields.length < 20 || fields[0] === "Z" || fields[0] === "X") continue;
    processes.set(pid, {
      pid,
      started: `${boot}:${fields[19]}`,
      parent: Number(fields[1]),
      session: Number(fields[3]),
      name: line.slice(line.indexOf("(") + 1, line.lastIndexOf(")")),
      marks: marks.get(pid) ?? [],
    });
  }
  return { boot, processes };
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
