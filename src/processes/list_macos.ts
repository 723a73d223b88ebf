import { checkVariable, tagVariable } from "./tags.ts";
import type { Process, ProcessTable } from "./process.ts";

export const macosColumns = "pid=,ppid=,pgid=,uid=,lstart=,command=";

/**
 * @param output Of `ps -axwwE` with {@linkcode macosColumns}: the user's own processes have their
 * variables after the command, separated only by blanks
 */
export function parseMacos(output: string, sandboxes: string): ProcessTable {
  const processes = new Map<number, Process>();
  for (const line of output.split("\n")) {
    const match =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s+(.*)$/
        .exec(line);
    // A zombie.
    if (!match || match[6] === "<defunct>") continue;
    const [pid, parent, session, uid] = match.slice(1, 5).map(Number);
    processes.set(pid, {
      pid,
      started: match[5].replace(/\s+/g, " "),
      parent,
      session,
      uid,
      name: nameOf(match[6]),
      tags: tagsIn(match[6], sandboxes),
    });
  }
  // The first process starts with the machine.
  return { boot: processes.get(1)?.started ?? "", processes };
}

function nameOf(command: string): string {
  const [program] = command.split(" ");
  return program.slice(program.lastIndexOf("/") + 1);
}

/** A path may contain blanks; the name of an instance contains neither blank nor slash. */
function tagsIn(command: string, sandboxes: string): string[] {
  const folder = sandboxes.replace(/[^A-Za-z0-9]/g, "\\$&");
  const pattern = new RegExp(
    `(?<= )(?:${tagVariable}=${folder}/[^ /]+|--user-data-dir=${folder}/[^ /]+/\\.config/Claude` +
      `|PATH=(?:[^=]*:)?${folder}/[^ /:]+/\\.local/bin/\\.|(?:CLAUDE_INSTANCE|${checkVariable})=[^ /]+)(?= |$)`,
    "g",
  );
  return command.match(pattern) ?? [];
}
