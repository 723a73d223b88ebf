/** Sets, removes and reads single values of a JSON object. Everything else stays byte for byte. */
import type { Node } from "jsonc-parser";
import { applyEdits, type Document, removeMembers, setMembers } from "./edit.ts";
import { memberOf, membersOf } from "./node.ts";
import { parseNodes } from "./parse.ts";

/** @param path Keys from the outermost inwards; missing objects are added */
export function withValue(text: string, path: readonly string[], value: unknown): string {
  return withValues(text, path.slice(0, -1), { [path[path.length - 1]]: value });
}

/** @param path Of the object whose members are set */
export function withValues(
  text: string,
  path: readonly string[],
  values: Readonly<Record<string, unknown>>,
): string {
  const document = parse(text);
  const { object, missing } = innermost(document.root, path);
  const whole = missing.reduceRight<Readonly<Record<string, unknown>>>(
    (inner, key) => ({ [key]: inner }),
    values,
  );
  return applyEdits(text, setMembers(document, object, whole));
}

/** @returns The same text when there is no such value */
export function withoutValue(text: string, path: readonly string[]): string {
  const { object, missing } = innermost(parse(text).root, path.slice(0, -1));
  if (missing.length > 0) return text;
  // All members of a duplicate key.
  const gone = membersOf(object).filter(({ key }) => key === path[path.length - 1]);
  return applyEdits(text, removeMembers(object, gone));
}

/** @returns `undefined` when there is no such value */
export function valueAt(text: string, path: readonly string[]): unknown {
  return valueIn(JSON.parse(text), path);
}

/** @param from A JSON value */
export function valueIn(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
      return undefined;
    }
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The last object that exists on a path, and the keys after it. */
function innermost(
  object: Node,
  path: readonly string[],
): { object: Node; missing: readonly string[] } {
  const [key, ...rest] = path;
  const value = key === undefined ? undefined : memberOf(object, key)?.value;
  return value?.type === "object" ? innermost(value, rest) : { object, missing: path };
}

function parse(text: string): Document {
  const hint = "Fix it and repeat the command; nothing was changed";
  return { text, root: parseNodes(text, { name: "the config", code: "usage", hint })! };
}
