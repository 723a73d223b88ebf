/** Which processes belong to an instance, or to a server of a check. */
import { delimiter } from "node:path";
import { type Paths, sandboxOf } from "../paths.ts";
import { isUsersBrowser } from "./browsers.ts";
import { type Identity, isSame } from "./identity.ts";
import { dataDirArgument, tagFolderOf, tagVariable } from "./tags.ts";
import type { Process, ProcessTable } from "./process.ts";
import type { Run } from "./run_record.ts";

/** What identifies the processes of one owner. */
interface Owner {
  /**
   * Each identifies a process by itself: a whole variable or argument, or one folder of `PATH=`.
   */
  readonly tags: readonly string[];
  /** Processes known to belong to the owner. */
  readonly known: readonly Identity[];
  /** The process that leads the session in which they were started. */
  readonly leader?: number;
  /** Identifies a process that is in that session too. */
  readonly sessionTag?: string;
  /** Whether browsers that it opened for the user are the user's, and not its own. */
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
 * The processes of one owner and all their descendants, in whatever session or process group;
 * never those of another user.
 *
 * @param self Left out, with all that it started: cmgr itself
 */
export function processesOf(table: ProcessTable, owner: Owner, self?: number): Process[] {
  const { byTag, children, bySession } = indexOf(table);
  const withDescendants = (to: Set<Process>) =>
    function add(process: Process): void {
      // A table is not of one moment: it may say that two are each other's parent.
      if (to.has(process)) return;
      to.add(process);
      children.get(process.pid)?.forEach(add);
    };
  const found = new Set<Process>();
  const add = withDescendants(found);
  for (const tag of owner.tags) byTag.get(tag)?.forEach(add);
  const known = owner.known.flatMap((one) => {
    const process = table.processes.get(one.pid);
    return process !== undefined && isSame(process, one) ? [process] : [];
  });
  known.forEach(add);
  if (owner.leader !== undefined) {
    const leader = table.processes.get(owner.leader);
    if (leader && known.some(({ parent }) => parent === leader.pid)) add(leader);
    // While one of its members lives, no other session gets its number; after that, only those
    // count that have the tag too.
    const isPinned = known.some(({ session }) => session === owner.leader);
    for (const member of bySession.get(owner.leader) ?? []) {
      if (isPinned || owner.sessionTag && member.tags.includes(owner.sessionTag)) add(member);
    }
  }
  // True of nearly all where there are hundreds of instances.
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

/** Looked up in a table again and again, once for each instance. */
interface Index {
  readonly byTag: ReadonlyMap<string, readonly Process[]>;
  readonly bySession: ReadonlyMap<number, readonly Process[]>;
  /** By parent. */
  readonly children: ReadonlyMap<number, readonly Process[]>;
}

const indexes = new WeakMap<ProcessTable, Index>();

function indexOf(table: ProcessTable): Index {
  const known = indexes.get(table);
  if (known) return known;
  const all = [...table.processes.values()];
  const byTag = new Map<string, Process[]>();
  for (const process of all) {
    for (const tag of new Set(process.tags.flatMap(splitPath))) {
      const others = byTag.get(tag);
      if (others) others.push(process);
      else byTag.set(tag, [process]);
    }
  }
  const bySession = Map.groupBy(all, ({ session }) => session);
  const children = Map.groupBy(all, ({ parent }) => parent);
  const index = { byTag, bySession, children };
  indexes.set(table, index);
  return index;
}

/** A path as one tag for each of its folders. */
function splitPath(tag: string): string[] {
  if (!tag.startsWith(pathTag)) return [tag];
  return tag.slice(pathTag.length).split(delimiter).map((folder) => pathTag + folder);
}

const pathTag = "PATH=";
