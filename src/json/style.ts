/**
 * How a config is laid out, so that what is added looks as if its author had written it.
 *
 * @module
 */
import { endOf, membersOf, type Node } from "../config/config_text.ts";

/** Separators within one object. */
export interface ObjectStyle {
  /** Stands between two members: a comma and what follows it. */
  readonly separator: string;
  /** Stands between key and value. */
  readonly colon: string;
  /** Line break and indentation of its members; `undefined` when they stand on one line. */
  readonly line: string | undefined;
}

/**
 * One step of indentation in a document.
 *
 * @param text The document
 * @param root Its object
 */
export function indentUnit(text: string, root: Node): string {
  const first = root.children?.[0];
  const indent = first && /\n([ \t]+)$/.exec(text.slice(root.offset, first.offset));
  return indent?.[1] ?? "  ";
}

/**
 * The style of an object that has members.
 *
 * @param text The document
 * @param object The object
 */
export function styleOf(text: string, object: Node): ObjectStyle {
  const members = membersOf(object);
  const last = members[members.length - 1];
  const colon = text.slice(endOf(last.name), last.value.offset);
  const before = text.slice(
    members.length > 1 ? members[members.length - 2].end : object.offset,
    last.start,
  );
  const line = /\r?\n[ \t]*$/.exec(before)?.[0];
  if (line !== undefined) return { separator: `,${line}`, colon, line };
  const gap = members.length > 1 ? before.replace(/^\s*,/, "") : colon.endsWith(" ") ? " " : "";
  return { separator: `,${/^[ \t]*$/.test(gap) ? gap : " "}`, colon, line: undefined };
}

/**
 * Writes an object of texts in the style of its surroundings.
 *
 * @param members Keys and JSON values
 * @param outer Style of the object that it becomes a member of
 * @param unit One step of indentation
 */
export function writeObject(
  members: readonly (readonly [string, string])[],
  outer: ObjectStyle,
  unit: string,
): string {
  const written = members.map(([key, value]) => `${JSON.stringify(key)}${outer.colon}${value}`);
  if (outer.line === undefined) return `{${written.join(outer.separator)}}`;
  const inner = `${outer.line}${unit}`;
  return `{${inner}${written.join(`,${inner}`)}${outer.line}}`;
}
