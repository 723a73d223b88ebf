import { CmgrError } from "../errors.ts";
import type { Process, ProcessTable } from "./process.ts";
import { programsSwitches } from "./browsers.ts";
import { checkVariable, tagVariable } from "./tags.ts";

/**
 * Prints `/proc`, which Deno itself may not read. `grep` reads the files, since a shell would read
 * them byte by byte; its lines end with NUL, since the name of a process may contain a line break.
 * The users come last: a process without one has ended.
 */
export const linuxScript = `read -r boot < /proc/sys/kernel/random/boot_id; echo "$boot"
grep -HaszE -e '^[0-9]+ [(]' -e "$1" /proc/[0-9]*/stat /proc/[0-9]*/environ /proc/[0-9]*/cmdline
exec grep -Hs '^Uid:' /proc/[0-9]*/status`;

/** Starts with a caret, so that it does not match itself as an argument. */
export function tagPattern(sandboxes: string): string {
  const folder = sandboxes.replace(/[^A-Za-z0-9/_-]/g, (character) =>
    // A bracket takes anything literally but a caret and a backslash.
    /[\\^]/.test(character) ? `\\${character}` : `[${character}]`);
  return `^((${tagVariable}|--user-data-dir)=|PATH=(.*:)?)${folder}/` +
    `|^(CLAUDE_INSTANCE|${checkVariable})=|${programsSwitches}`;
}

/**
 * Start times are in clock ticks since the boot, so they do not change with the clock.
 *
 * @param output Of {@linkcode linuxScript}: a line with the boot's id; `FILE:MATCH` and NUL for
 * each `/proc/PID/stat` and tag; a line for each user
 * @throws {CmgrError} `failed`, when there is no process in it, not even cmgr
 */
export function parseLinux(output: string): ProcessTable {
  const end = output.indexOf("\n");
  const boot = output.slice(0, end);
  const tags = new Map<number, string[]>();
  const stats: string[] = [];
  const records = output.slice(end + 1).split("\0");
  const uids = new Map(
    [...records.pop()!.matchAll(/^\/proc\/(\d+)\/status:Uid:\s*(\d+)/gm)]
      .map(([, pid, uid]) => [Number(pid), Number(uid)]),
  );
  for (const found of records) {
    const match = /^\/proc\/(\d+)\/([a-z]+):(.*)$/s.exec(found);
    if (match === null) continue;
    const [, pid, file, text] = match;
    if (file === "stat") stats.push(text);
    else tags.set(Number(pid), [...tags.get(Number(pid)) ?? [], text]);
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
      uid: uids.get(pid),
      name: stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")),
      tags: tags.get(pid) ?? [],
    });
  }
  if (processes.size > 0) return { boot, processes };
  throw new CmgrError(
    "failed",
    "The processes cannot be listed: grep found none in /proc",
    "Install grep, and check that /proc is mounted",
  );
}
