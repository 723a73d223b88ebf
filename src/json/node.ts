import type { Node } from "jsonc-parser";

/** A member of a JSON object, with its places in the text. */
export interface Member {
  /** Unescaped. */
  readonly key: string;
  readonly name: Node;
  readonly value: Node;
  /** Index of the quote before its key. */
  readonly start: number;
  /** Index after its value. */
  readonly end: number;
}

/** In the order of the text. */
export function membersOf(object: Node): Member[] {
  return (object.children ?? []).map((property) => {
    const [name, value] = property.children!;
    return { key: name.value, name, value, start: property.offset, end: endOf(value) };
  });
}

/** The last one of a duplicate key, as in `JSON.parse`. */
export function memberOf(object: Node, key: string): Member | undefined {
  return membersOf(object).findLast((member) => member.key === key);
}

/** Where a part of the path is missing, the node that it is missing in. */
export function nodeAt(root: Node, path: readonly (string | number)[]): Node {
  let node = root;
  for (const key of path) {
    const next = typeof key === "number" ? node.children?.[key] : memberOf(node, key)?.value;
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

export function endOf(node: Node): number {
  return node.offset + node.length;
}

export function textOf(text: string, node: Node): string {
  return text.slice(node.offset, endOf(node));
}
