/** Which processes belong to an instance, or to a server of a check. */
import { delimiter } from "node:path";
import { type Paths, sandboxOf } from "../paths.ts";
import { isUsersBrowser } from "./browsers.ts";
import { dataDirArgument, tagFolderOf, tagVariable } from "./tags.ts";
import { type Identity, isSame, type Process, type ProcessTable } from "./process.ts";
import type { Run } from "./run_record.ts";

interface Owner {
  /** One is enough: a whole variable or argument, or `PATH=` with one folder. */
  readonly tags: readonly string[];
  /** Processes that are known to be the owner's. */
  readonly known: readonly Identity[];
  /** The pid that leads the session in which they were started. */
  readonly leader?: number;
  /** A tag that is enough only in that session. */
  readonly sessionTag?: string;
  /** Browsers that were opened for the user do not belong to the owner. */
  readonly sparesBrowsers?: boolean;
}

export function instanceOwner(
  paths: Paths,
  instance: string,
  run: Run | undefined,
  { boot }: ProcessTable,
): Owner {
  const tags = [
    `${tagVariable}=${sandboxOf(paths, instance)}`,
    dataDirArgument(paths, instance),
    `${pathTag}${tagFolderOf(paths, instance)}`,
  ];
  // A browser opened from bubblewrap runs inside it.
  const sparesBrowsers = run?.isolation !== "bubblewrap" && Deno.build.os === "linux";
  if (run === undefined || run.boot !== boot) return { tags, known: [], sparesBrowsers };
  const sessionTag = `CLAUDE_INSTANCE=${instance}`;
  return { tags, known: [run], leader: run.supervisor, sessionTag, sparesBrowsers };
}

/**
 * The processes of one owner and their descendants, in any session or process group; never those
 * of another user.
 *
 * @param self Pid of cmgr itself, which is left out with all that it started
 */
export function processesOf(table: ProcessTable, owner: Owner, self?: number): Process[] {
  const { byTag, children, bySession } = indexOf(table);
  const withDescendants = (to: Set<Process>) =>
    function add(process: Process): void {
      // The table was not read in one moment: two processes may be each other's parent in it.
      if (to.has(process)) return;
      to.add(process);
      children.get(process.pid)?.forEach(add);
    };
  const found = new Set<Process>();
  const add = withDescendants(found);
  for (const tag of owner.tags) byTag.get(tag)?.forEach(({ process }) => add(process));
  const known = owner.known.flatMap((one) => {
    const process = table.processes.get(one.pid);
    return process !== undefined && isSame(process, one) ? [process] : [];
  });
  known.forEach(add);
  if (owner.leader !== undefined) {
    const leader = table.processes.get(owner.leader);
    if (leader && known.some(({ parent }) => parent === leader.pid)) add(leader);
    // While a member of the session lives, no other session gets its number. After that, only
    // processes that have the tag too count.
    const isPinned = known.some(({ session }) => session === owner.leader);
    for (const member of bySession.get(owner.leader) ?? []) {
      if (isPinned || owner.sessionTag && member.tags.includes(owner.sessionTag)) add(member);
    }
  }
  // Most instances have none, and there may be hundreds.
  if (found.size === 0) return [];
  const others = new Set<Process>();
  const cmgr = self === undefined ? undefined : table.processes.get(self);
  if (cmgr) withDescendants(others)(cmgr);
  if (owner.sparesBrowsers) [...found].filter(isUsersBrowser).forEach(withDescendants(others));
  return [...table.processes.values()].filter((one) =>
    found.has(one) && !others.has(one) && (table.uid === undefined || one.uid === table.uid)
  );
}

/** The parent of a process and its ancestors, nearest first. */
export function ancestorsOf({ processes }: ProcessTable, self: number): Process[] {
  const found: Process[] = [];
  for (let one = processes.get(self); one !== undefined;) {
    one = processes.get(one.parent);
    if (one === undefined || found.includes(one)) break;
    found.push(one);
  }
  return found;
}

/** Made once per table, and used for each instance. */
const indexes = new WeakMap<ProcessTable, ReturnType<typeof makeIndex>>();

function indexOf(table: ProcessTable): ReturnType<typeof makeIndex> {
  const index = indexes.get(table) ?? makeIndex([...table.processes.values()]);
  indexes.set(table, index);
  return index;
}

function makeIndex(processes: readonly Process[]) {
  const tagged = processes.flatMap((process) =>
    process.tags.flatMap(splitPath).map((tag) => ({ tag, process }))
  );
  return {
    byTag: Map.groupBy(tagged, ({ tag }) => tag),
    bySession: Map.groupBy(processes, ({ session }) => session),
    children: Map.groupBy(processes, ({ parent }) => parent),
  };
}

/** Makes one tag of each folder of `PATH=`. */
function splitPath(tag: string): string[] {
  if (!tag.startsWith(pathTag)) return [tag];
  return tag.slice(pathTag.length).split(delimiter).map((folder) => pathTag + folder);
}

const pathTag = "PATH=";
