/** Validates JSON read from disk, with valibot. */
import * as v from "valibot";
import { type Dictionary, dictionary } from "./dictionary.ts";
import { nearest } from "./nearest.ts";

export type Schema<T> = v.GenericSchema<unknown, T>;

/** The first error is enough. */
const options = { abortEarly: true, message: describeIssue };

export function validate<T>(schema: Schema<T>, value: unknown): v.SafeParseResult<Schema<T>> {
  return v.safeParse(schema, value, options);
}

/** @returns `undefined` for a text of which {@linkcode parseJson} would say what is wrong */
export function parseValid<T>(text: string, schema: Schema<T>): { readonly value: T } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (isTooDeep(value)) return undefined;
  const result = validate(schema, value);
  return result.success ? { value: result.output } : undefined;
}

/** More levels than any program writes, and far fewer than the stack holds. */
export const maxDepth = 500;

export function isTooDeep(value: unknown, levels = maxDepth): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const item of Object.values(value)) if (isTooDeep(item, levels - 1)) return true;
  return false;
}

/** Valibot's own object schemas also accept a list. */
export const plainObject = v.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  (issue) => describeIssue({ ...issue, expected: "Object" }),
);

type FieldsOf<T extends v.ObjectEntries> = Schema<v.InferOutput<v.ObjectSchema<T, undefined>>>;

/**
 * An object with some known fields. Other fields are kept, also `__proto__` and `constructor`,
 * which valibot would drop.
 */
export function fields<T extends v.ObjectEntries>(entries: T): FieldsOf<T> {
  const schema = v.looseObject(entries);
  return v.pipe(
    plainObject,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const { value } = dataset;
      const known = v.safeParse(schema, value, options);
      if (known.success) return { ...value, ...known.output };
      for (const { message, path } of known.issues) addIssue({ message, path });
      return NEVER;
    }),
  );
}

export function onlyFields<T extends v.ObjectEntries>(entries: T): FieldsOf<T> {
  return v.pipe(
    fields(entries),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const input = dataset.value as Record<string, unknown>;
      for (const [key, value] of Object.entries(input)) {
        if (Object.hasOwn(entries, key)) continue;
        const near = nearest(key, Object.keys(entries));
        addIssue({
          message: `is not a field that cmgr knows${near ? `; did you mean "${near}"?` : ""}`,
          path: [pathItem(key, input, value)],
        });
      }
    }),
  );
}

/** Where an issue is: in the member `key` of an object. */
export function pathItem(
  key: string,
  input: Record<string, unknown> = {},
  value?: unknown,
): v.ObjectPathItem {
  return { type: "object", origin: "value", input, key, value };
}

/** Values of one kind under any names. */
export function dictionaryOf<T>(schema: Schema<T>): Schema<Dictionary<T>> {
  return v.pipe(
    plainObject,
    v.rawTransform(({ dataset, addIssue }) => {
      const input = dataset.value;
      const result = dictionary<T>();
      for (const [key, value] of Object.entries(input)) {
        const checked = validate(schema, value);
        if (checked.success) result[key] = checked.output;
        for (const { message, path = [] } of checked.issues ?? []) {
          addIssue({ message, path: [pathItem(key, input, value), ...path] });
        }
      }
      return result;
    }),
  );
}

export function wholeNumber(least: number, most: number): Schema<number> {
  const message = `is not a whole number from ${least} to ${most}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

/** `is a list, not an object`. */
function describeIssue({ expected, received, input }: v.BaseIssue<unknown>): string {
  if (expected === "never") return "is not a field that cmgr knows";
  if (received === "undefined") return "is missing";
  const wanted = nouns[expected ?? ""];
  if (wanted === undefined) {
    return `is not one of ${expected?.replace(/[()]/g, "").replaceAll(" | ", ", ")}`;
  }
  const found = input === null ? "null" : Array.isArray(input) ? "Array" : typeof input;
  return `is ${nouns[found]}, not ${wanted}`;
}

const nouns: Readonly<Record<string, string>> = {
  Object: "an object",
  object: "an object",
  Array: "a list",
  string: "a string",
  number: "a number",
  boolean: "true or false",
  null: "null",
};
