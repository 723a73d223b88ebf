/**
 * Which processes are an instance's: pure.
 *
 * @module
 */
import { delimiter } from "node:path";
import { type Paths, sandboxOf } from "../paths.ts";
import { isSame } from "./identity.ts";
import { dataDirArgument, tagFolderOf, tagVariable } from "./tags.ts";
import type { Process, ProcessTable } from "./process.ts";
import type { Run } from "./run_record.ts";

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
  const { byTag, children } = indexOf(table);
  if (byTag.size === 0 && run === undefined) return [];
  const found = new Set(
    [
      ...tagsOf(paths, instance).flatMap((mark) => byTag.get(mark) ?? []),
      ...(run !== undefined && run.boot === table.boot ? inRun(run, instance, table) : []),
    ].map(({ pid }) => pid),
  );
  // So it is for nearly all where there are hundreds.
  if (found.size === 0) return [];
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
  return [...table.processes.values()].filter(({ pid }) => found.has(pid));
}

/** What is looked for in a table again and again, once for each instance. */
interface Index {
  /** The processes by mark, each mark whole: one name may be the start of another. */
  readonly byTag: ReadonlyMap<string, readonly Process[]>;
  /** The processes by parent. */
  readonly children: ReadonlyMap<number, readonly Process[]>;
}

const indexes = new WeakMap<ProcessTable, Index>();

function indexOf(table: ProcessTable): Index {
  const known = indexes.get(table);
  if (known) return known;
  const all = [...table.processes.values()];
  const byTag = new Map<string, Process[]>();
  for (const process of all) {
    for (const mark of new Set(process.marks.flatMap(splitPath))) {
      const others = byTag.get(mark);
      if (others) others.push(process);
      else byTag.set(mark, [process]);
    }
  }
  const index = { byTag, children: Map.groupBy(all, ({ parent }) => parent) };
  indexes.set(table, index);
  return index;
}

/** A path as one mark for each of its folders. */
function splitPath(mark: string): string[] {
  if (!mark.startsWith(pathMark)) return [mark];
  return mark.slice(pathMark.length).split(delimiter).map((folder) => pathMark + folder);
}

const pathMark = "PATH=";

function tagsOf(paths: Paths, instance: string): string[] {
  return [
    `${tagVariable}=${sandboxOf(paths, instance)}`,
    dataDirArgument(paths, instance),
    `${pathMark}${tagFolderOf(paths, instance)}`,
  ];
}

/**
 * The process itself, its keeper, and what stayed in their session. The number of a session whose
 * leader is gone may be another's by now, so the instance's name must stand in the variables too.
 */
function inRun(run: Run, instance: string, table: ProcessTable): Process[] {
  const found: Process[] = [];
  const main = table.processes.get(run.pid);
  if (main !== undefined && isSame(main, run)) {
    found.push(main);
    const supervisor = run.supervisor === undefined
      ? undefined
      : table.processes.get(run.supervisor);
    if (supervisor !== undefined && main.parent === supervisor.pid) found.push(supervisor);
  }
  if (run.supervisor !== undefined) {
    const named = indexOf(table).byTag.get(`CLAUDE_INSTANCE=${instance}`) ?? [];
    found.push(...named.filter(({ session }) => session === run.supervisor));
  }
  return found;
}
