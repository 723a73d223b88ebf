/**
 * The processes that a check started, wherever they went: asked of the operating system.
 *
 * @module
 */
import { CmgrError, messageOf } from "../errors.ts";

/** Variable that everything a check starts inherits; its value tells which server it is of. */
export const tokenVariable = "CMGR_CHECK";

/** One process. */
export interface Process {
  /** Its id. */
  readonly pid: number;
  /** The process that started it, or that adopted it. */
  readonly parent: number;
  /** Its process group. */
  readonly group: number;
  /** Value of {@linkcode tokenVariable}, as far as the system shows it. */
  readonly token: string | undefined;
}

/**
 * Lists all living processes.
 *
 * Needs run permission for `ps`.
 *
 * @throws {CmgrError} `failed`, when the system cannot be asked
 */
export async function listProcesses(): Promise<Process[]> {
  const columns = ["-o", "pid=,ppid=,pgid=,stat=,command="];
  const args = Deno.build.os === "linux" ? ["axeww", ...columns] : ["-axwwE", ...columns];
  try {
    const { stdout } = await new Deno.Command("ps", { args, stdin: "null", stderr: "null" })
      .output();
    return parseProcesses(new TextDecoder().decode(stdout));
  } catch (error) {
    throw new CmgrError(
      "failed",
      `The operating system could not be asked about processes: ps: ${messageOf(error)}`,
      "Install ps (package procps)",
      { cause: error },
    );
  }
}

/**
 * Reads what `ps` prints: pid, parent, group, state, then command and variables.
 *
 * @param output The lines
 */
export function parseProcesses(output: string): Process[] {
  return output.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s*(.*)$/.exec(line);
    if (match === null || match[4].startsWith("Z")) return [];
    const token = new RegExp(`(?:^| )${tokenVariable}=([\\w.-]+)(?: |$)`).exec(match[5])?.[1];
    const [pid, parent, group] = match.slice(1, 4).map(Number);
    return [{ pid, parent, group, token }];
  });
}

/**
 * The processes of one server: the one that was started, its process group, what bears its token,
 * and all that descends from any of them.
 *
 * @param all All processes
 * @param pid The process that was started; it leads a process group
 * @param token The token it was given
 * @returns Process ids
 */
export function processesOf(all: readonly Process[], pid: number, token: string): Set<number> {
  const found = new Set(
    all.filter((one) => one.pid === pid || one.group === pid || one.token === token)
      .map((one) => one.pid),
  );
  const children = Map.groupBy(all, ({ parent }) => parent);
  const queue = [...found];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const child of children.get(at) ?? []) {
      if (!found.has(child.pid)) queue.push(child.pid);
      found.add(child.pid);
    }
  }
  return found;
}
