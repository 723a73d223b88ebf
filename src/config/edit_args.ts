/** Puts what cmgr wants into the arguments of an entry, and removes it again. Pure. */
import { type Document, type Edit, replace, setMembers } from "../json/edit.ts";
import { editList, sameEnds, writeList } from "../json/edit_list.ts";
import { type Member, memberOf, textOf } from "../json/node.ts";
import type { Replaced } from "../registry/schemas.ts";
import type { Entry } from "./config_text.ts";

/** Changes within one entry. */
export interface EntryEdit {
  readonly edits: Edit[];
  /** A member of the entry to remove as a whole. */
  readonly gone?: Member;
}

/**
 * @param make Makes the wanted arguments out of the user's; without it, those are restored
 * @param known What was replaced before
 */
export function editArgs(
  document: Document,
  entry: Entry,
  make: ((args: readonly string[]) => readonly string[]) | undefined,
  known: Replaced | undefined,
): EntryEdit & { memory?: Replaced; wanted: readonly string[] } {
  const { text } = document;
  const current = entry.argsNode && textOf(text, entry.argsNode);
  const isUnchanged = known !== undefined &&
    known.wrote.some((wrote) => isSameList(wrote, entry.args));
  const undone = isUnchanged || known === undefined ? undefined : withoutOurs(known, entry.args);
  const was = isUnchanged ? known.was : undone ? writeList(undone) : current ?? null;
  const theirs: readonly string[] = undone ??
    (isUnchanged ? was === null ? [] : JSON.parse(was) : entry.args);
  const wanted = make ? make(theirs) : theirs;

  if (isSameList(JSON.stringify(wanted), theirs)) {
    if (entry.argsNode === undefined || was === current) return { edits: [], wanted };
    if (undone) return { edits: editList(text, entry.argsNode, theirs), wanted };
    // Back to the user's own arguments, to the byte.
    if (was !== null) return { edits: [replace(entry.argsNode, was)], wanted };
    return { edits: [], gone: memberOf(entry.node, "args"), wanted };
  }
  const memory: Replaced = {
    was,
    wrote: newest([...isUnchanged ? known.wrote : [], JSON.stringify(wanted)]),
  };
  if (isSameList(JSON.stringify(wanted), entry.args)) return { edits: [], memory, wanted };
  const edits = entry.argsNode
    ? editList(text, entry.argsNode, wanted)
    : setMembers(document, entry.node, { args: wanted });
  return { edits, memory, wanted };
}

/**
 * The user's arguments after an edit: without the words that cmgr added, and with those that it
 * changed as they were.
 */
function withoutOurs(
  { was, wrote }: Replaced,
  current: readonly string[],
): readonly string[] | undefined {
  const before: string[] = was === null ? [] : JSON.parse(was);
  for (const text of wrote.toReversed()) {
    const after: string[] = JSON.parse(text);
    const { head, tail } = sameEnds(before, after);
    const added = after.slice(head, after.length - tail);
    const places = current.flatMap((_, at) =>
      added.every((word, i) => current[at + i] === word) ? [at] : []
    );
    if (added.length === 0 || places.length !== 1) continue;
    return current.toSpliced(
      places[0],
      added.length,
      ...before.slice(head, before.length - tail),
    );
  }
}

/** The last two different values, the newest last. */
export function newest(values: readonly string[]): string[] {
  return values.filter((value, i) => values.lastIndexOf(value) === i).slice(-2);
}

function isSameList(json: string, list: readonly string[]): boolean {
  return json === JSON.stringify(list);
}
