/**
 * Changes of a text by its places: pure, and never reformatting anything.
 *
 * @module
 */
import { endOf, type Member, membersOf, type Node } from "../config/config_text.ts";

/** One change: the text between two places gives way to another. */
export interface Edit {
  /** First place that goes. */
  readonly from: number;
  /** First place that stays again. */
  readonly to: number;
  /** What stands there afterwards. */
  readonly text: string;
}

/**
 * Removes members of one object, each with the comma that bound it.
 *
 * @param all The members of the object
 * @param gone Those to remove
 */
export function removeMembers(all: readonly Member[], gone: readonly Member[]): Edit[] {
  const isGone = (member: Member) => gone.some((other) => other.start === member.start);
  const firstKept = all.findIndex((member) => !isGone(member));
  return all.flatMap((member, i) => {
    if (!isGone(member)) return [];
    if (firstKept === -1) {
      return i === 0 ? [{ from: member.start, to: all[all.length - 1].end, text: "" }] : [];
    }
    return i < firstKept
      ? [{ from: member.start, to: all[i + 1].start, text: "" }]
      : [{ from: all[i - 1].end, to: member.end, text: "" }];
  });
}

/**
 * Makes a list of texts another one: changes the elements that differ, between those that are the
 * same at both ends.
 *
 * @param text The text that the list stands in
 * @param list Node of the list
 * @param wanted The elements it shall have
 */
export function editList(text: string, list: Node, wanted: readonly string[]): Edit[] {
  const nodes = list.children ?? [];
  const current: string[] = nodes.map((node) => node.value);
  if (current.length === 0 || wanted.length === 0) return [replace(list, writeList(wanted))];
  let head = 0;
  while (head < current.length && head < wanted.length && current[head] === wanted[head]) head++;
  let tail = 0;
  while (
    tail < current.length - head && tail < wanted.length - head &&
    current[current.length - 1 - tail] === wanted[wanted.length - 1 - tail]
  ) tail++;
  const gap = nodes.length > 1
    ? text.slice(endOf(nodes[0]), nodes[1].offset)
    : `,${text.slice(list.offset + 1, nodes[0].offset) || " "}`;
  const changed = wanted.slice(head, wanted.length - tail).map((word) => JSON.stringify(word));
  const count = current.length - head - tail;
  if (count > 0 && changed.length > 0) {
    const [first, last] = [nodes[head], nodes[head + count - 1]];
    return [{ from: first.offset, to: endOf(last), text: changed.join(gap) }];
  }
  if (count > 0) {
    return head > 0
      ? [{ from: endOf(nodes[head - 1]), to: endOf(nodes[head + count - 1]), text: "" }]
      : [{ from: nodes[0].offset, to: nodes[count].offset, text: "" }];
  }
  return head > 0
    ? [insert(endOf(nodes[head - 1]), `${gap}${changed.join(gap)}`)]
    : [insert(nodes[0].offset, `${changed.join(gap)}${gap}`)];
}

/** A list of texts on one line. */
export function writeList(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}

/** Where the last member of an object ends. */
export function lastEnd(object: Node): number {
  const members = membersOf(object);
  return members[members.length - 1].end;
}

/** Puts a text in the place of a node. */
export function replace(node: Node, text: string): Edit {
  return { from: node.offset, to: endOf(node), text };
}

/** Puts a text between two characters. */
export function insert(at: number, text: string): Edit {
  return { from: at, to: at, text };
}

/**
 * Makes the changes, which must not overlap.
 *
 * @param text The text
 * @param edits Changes in any order; those at one place happen in the order given
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at);
}
