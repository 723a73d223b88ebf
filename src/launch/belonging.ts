/**
 * Which processes are an instance's: pure.
 *
 * @module
 */
import { delimiter } from "node:path";
import { type Paths, sandboxOf } from "../paths.ts";
import { isSame } from "./identity.ts";
import { dataDirArgument, markFolderOf, markVariable } from "./marks.ts";
import type { Process, ProcessTable } from "./process.ts";
import type { Run } from "./run_file.ts";

/**
 * The processes of one instance: those that bear its mark, what was started last, and all that
 * descends from them, whatever session or process group they went to.
 *
 * @param paths Where sandboxes are
 * @param instance Its name
 * @param run How it was last started
 * @param table All processes
 * @param self A process that is never among them, nor what it starts: cmgr itself
 */
export function processesOf(
  paths: Paths,
  instance: string,
  run: Run | undefined,
  table: ProcessTable,
  self: number,
): Process[] {
  const all = [...table.processes.values()];
  const isOwn = ownMark(paths, instance);
  const isRun = run !== undefined && run.boot === table.boot ? inRun(run, instance, table) : none;
  const found = new Set(
    all.filter((process) => process.marks.some(isOwn) || isRun(process)).map(({ pid }) => pid),
  );
  const children = Map.groupBy(all, ({ parent }) => parent);
  const queue = [...found];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (found.has(child.pid)) continue;
      found.add(child.pid);
      queue.push(child.pid);
    }
  }
  for (const gone = [self]; gone.length > 0;) {
    const pid = gone.pop()!;
    found.delete(pid);
    gone.push(...(children.get(pid) ?? []).map((child) => child.pid));
  }
  return all.filter(({ pid }) => found.has(pid));
}

/** The whole of a mark is compared: one name may be the start of another. */
function ownMark(paths: Paths, instance: string): (mark: string) => boolean {
  const whole = [`${markVariable}=${sandboxOf(paths, instance)}`, dataDirArgument(paths, instance)];
  const folder = markFolderOf(paths, instance);
  return (mark) =>
    whole.includes(mark) ||
    (mark.startsWith("PATH=") && mark.slice(5).split(delimiter).includes(folder));
}

/**
 * The process itself, its keeper, and what stayed in their session. The number of a session whose
 * leader is gone may be another's by now, so the instance's name must stand in the variables too.
 */
function inRun(run: Run, instance: string, table: ProcessTable): (process: Process) => boolean {
  const keeper = run.keeper === undefined ? undefined : table.processes.get(run.keeper);
  const main = table.processes.get(run.pid);
  const isMain = main !== undefined && isSame(main, run);
  return (process) =>
    isSame(process, run) ||
    (isMain && process.pid === keeper?.pid && main.parent === keeper.pid) ||
    (run.keeper !== undefined && process.session === run.keeper &&
      process.marks.includes(`CLAUDE_INSTANCE=${instance}`));
}

function none(): boolean {
  return false;
}
