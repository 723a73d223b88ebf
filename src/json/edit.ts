/** Edits a JSON text in place: every byte that is not part of the change stays. Pure. */
import type { Node } from "jsonc-parser";
import { endOf, type Member, membersOf } from "./node.ts";

export interface Document {
  readonly text: string;
  readonly root: Node;
}

/** Replaces the text from one index to another. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** @param edits Must not overlap; in any order, those at one place happen in the order given */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at);
}

export function replace(node: Node, text: string): Edit {
  return { from: node.offset, to: endOf(node), text };
}

/**
 * New members are added at the end, formatted like their neighbours; in an empty object, like the
 * object that contains it.
 *
 * @param values JSON values by key
 * @param gone Members to remove
 */
export function setMembers(
  { text, root }: Document,
  object: Node,
  values: Readonly<Record<string, unknown>>,
  gone: readonly Member[] = [],
): Edit[] {
  const all = membersOf(object);
  if (Object.keys(values).length === 0) return removeMembers(object, gone);
  const unit = indentUnit(text, root);
  if (all.length === gone.length) {
    return [replace(object, write(values, outerStyle(text, object, unit), unit))];
  }
  const members = new Map(all.map((member) => [member.key, member]));
  const style = styleOf(text, object, unit);
  const edits = removeMembers(object, gone);
  let added = "";
  for (const [key, value] of Object.entries(values)) {
    const written = write(value, style, unit);
    const member = members.get(key);
    if (member) edits.push(replace(member.value, written));
    else added += `${style.separator}${JSON.stringify(key)}${style.colon}${written}`;
  }
  const { end } = all[all.length - 1];
  return added === "" ? edits : [...edits, { from: end, to: end, text: added }];
}

/** Removes members of one object, each with its comma. */
export function removeMembers(object: Node, gone: readonly Member[]): Edit[] {
  const all = membersOf(object);
  const starts = new Set(gone.map(({ start }) => start));
  const firstKept = all.findIndex(({ start }) => !starts.has(start));
  return all.flatMap(({ start, end }, i) => {
    if (!starts.has(start)) return [];
    if (firstKept === -1) return i === 0 ? [{ from: start, to: all.at(-1)!.end, text: "" }] : [];
    return i < firstKept
      ? [{ from: start, to: all[i + 1].start, text: "" }]
      : [{ from: all[i - 1].end, to: end, text: "" }];
  });
}

interface Style {
  /** Between two members: a comma and white space. */
  readonly separator: string;
  /** Between key and value. */
  readonly colon: string;
  /** Line break and indentation of its members; `undefined` when they are on one line. */
  readonly line: string | undefined;
}

function indentUnit(text: string, root: Node): string {
  const first = root.children?.[0];
  const indent = first && /\n([ \t]+)$/.exec(text.slice(root.offset, first.offset));
  return indent?.[1] ?? "  ";
}

function styleOf(text: string, object: Node, unit: string): Style {
  const members = membersOf(object);
  const last = members.at(-1);
  if (last === undefined) {
    const outer = outerStyle(text, object, unit);
    if (outer.line === undefined) return outer;
    const line = `${outer.line}${unit}`;
    return { ...outer, separator: `,${line}`, line };
  }
  const colon = text.slice(endOf(last.name), last.value.offset);
  const before = text.slice(members.at(-2)?.end ?? object.offset, last.start);
  const line = /\r?\n[ \t]*$/.exec(before)?.[0];
  if (line !== undefined) return { separator: `,${line}`, colon, line };
  const gap = members.length > 1 ? before.replace(/^\s*,/, "") : colon.endsWith(" ") ? " " : "";
  return { separator: `,${/^[ \t]*$/.test(gap) ? gap : " "}`, colon, line: undefined };
}

/** The style of the containing object; the root has a line for each member. */
function outerStyle(text: string, object: Node, unit: string): Style {
  const outer = object.parent?.parent;
  if (outer !== undefined) return styleOf(text, outer, unit);
  const line = text.includes("\r\n") ? "\r\n" : "\n";
  return { separator: `,${line}`, colon: ": ", line };
}

function write(value: unknown, style: Style, unit: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const { line, colon } = style;
  const inside = line === undefined ? style : { ...style, line: `${line}${unit}` };
  const items = Array.isArray(value)
    ? value.map((item) => write(item, inside, unit))
    : Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}${colon}${write(item, inside, unit)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (items.length === 0) return `${open}${close}`;
  if (line === undefined) return `${open}${items.join(style.separator)}${close}`;
  return `${open}${inside.line}${items.join(`,${inside.line}`)}${line}${close}`;
}
