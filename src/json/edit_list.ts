/** Edits a JSON list of strings in place. Pure. */
import type { Node } from "jsonc-parser";
import { type Edit, replace } from "./edit.ts";
import { endOf } from "./node.ts";

/** Keeps the elements that are the same at both ends, to the byte. */
export function editList(text: string, list: Node, wanted: readonly string[]): Edit[] {
  const nodes = list.children ?? [];
  const current: string[] = nodes.map((node) => node.value);
  if (current.length === 0 || wanted.length === 0) return [replace(list, writeList(wanted))];
  const { head, tail } = sameEnds(current, wanted);
  const gap = nodes.length > 1
    ? text.slice(endOf(nodes[0]), nodes[1].offset)
    : `,${text.slice(list.offset + 1, nodes[0].offset) || " "}`;
  const changed = wanted.slice(head, wanted.length - tail).map((word) => JSON.stringify(word));
  const count = current.length - head - tail;
  if (count > 0 && changed.length > 0) {
    const [from, to] = [nodes[head].offset, endOf(nodes[head + count - 1])];
    return [{ from, to, text: changed.join(gap) }];
  }
  if (head > 0) {
    const [from, to] = [endOf(nodes[head - 1]), endOf(nodes[head + count - 1])];
    return [{ from, to, text: changed.map((word) => `${gap}${word}`).join("") }];
  }
  const [from, to] = [nodes[0].offset, nodes[count].offset];
  return [{ from, to, text: changed.map((word) => `${word}${gap}`).join("") }];
}

/** How many elements two lists share at the beginning and, beyond those, at the end. */
export function sameEnds(
  a: readonly string[],
  b: readonly string[],
): { head: number; tail: number } {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return { head, tail };
}

/** On one line. */
export function writeList(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}
