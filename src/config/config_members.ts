/**
 * Sets and removes single values of a config by their places in the text: everything else stays
 * byte for byte. Pure.
 *
 * @module
 */
import { indentUnit, styleOf } from "../json/style.ts";
import { memberOf, membersOf, type Node, parseConfig } from "./config_text.ts";
import {
  applyEdits,
  type Edit,
  insert,
  lastEnd,
  removeMembers,
  replace,
} from "../json/text_edit.ts";

/**
 * A config with a value put in; objects on the way to it are added where they are missing.
 *
 * @param text The config, strict JSON
 * @param path Keys from the outermost inwards
 * @param value Any JSON value
 */
export function withValue(text: string, path: readonly string[], value: unknown): string {
  const root = parseConfig(text, "the config").root;
  return applyEdits(text, [edit(text, root, indentUnit(text, root), path, value)]);
}

/**
 * A config without a value.
 *
 * @param text The config, strict JSON
 * @param path Keys from the outermost inwards
 * @returns The same text when there is none
 */
export function withoutValue(text: string, path: readonly string[]): string {
  let object = parseConfig(text, "the config").root;
  for (const key of path.slice(0, -1)) {
    const inner = memberOf(object, key)?.value;
    if (inner?.type !== "object") return text;
    object = inner;
  }
  // Of a key that stands twice, both go.
  const gone = membersOf(object).filter(({ key }) => key === path[path.length - 1]);
  return applyEdits(text, removeMembers(membersOf(object), gone));
}

/**
 * A value of a config.
 *
 * @param text The config, strict JSON
 * @param path Keys from the outermost inwards
 * @returns `undefined` when there is none
 */
export function valueAt(text: string, path: readonly string[]): unknown {
  let value: unknown = JSON.parse(text);
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
      return undefined;
    }
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function edit(
  text: string,
  object: Node,
  unit: string,
  [key, ...rest]: readonly string[],
  value: unknown,
): Edit {
  const member = memberOf(object, key);
  if (member && rest.length > 0 && member.value.type === "object") {
    return edit(text, member.value, unit, rest, value);
  }
  const whole = rest.reduceRight((inner, outer) => ({ [outer]: inner }), value);
  const line = lineWithin(text, object, unit);
  if (member) return replace(member.value, write(whole, line, unit));
  const name = JSON.stringify(key);
  if (membersOf(object).length > 0) {
    const { separator, colon } = styleOf(text, object);
    return insert(lastEnd(object), `${separator}${name}${colon}${write(whole, line, unit)}`);
  }
  if (line === undefined) return replace(object, `{${name}: ${write(whole, line, unit)}}`);
  const end = line.slice(0, line.length - unit.length);
  return replace(object, `{${line}${name}: ${write(whole, line, unit)}${end}}`);
}

/** Line break and indentation of an object's members; `undefined` for an object on one line. */
function lineWithin(text: string, object: Node, unit: string): string | undefined {
  if (membersOf(object).length > 0) return styleOf(text, object).line;
  const start = text.lastIndexOf("\n", object.offset - 1);
  // `{}` alone is no one's style.
  if (start === -1 && text.trim() !== "{}") return undefined;
  const indent = /^[ \t]*/.exec(text.slice(start + 1))![0];
  return `${text.includes("\r\n") ? "\r\n" : "\n"}${indent}${unit}`;
}

function write(value: unknown, line: string | undefined, unit: string): string {
  return line === undefined
    ? JSON.stringify(value)
    : JSON.stringify(value, undefined, unit).replaceAll("\n", line);
}
