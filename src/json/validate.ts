/**
 * Whether data that was read has the shape that it must have. Registries are read by every
 * command, with thousands of values in them where there are hundreds of instances, so that these
 * few functions stand where a library for shapes would take longer to load than cmgr to run.
 *
 * @module
 */
import { type Dictionary, dictionary } from "./dictionary.ts";

/** Takes a value of that shape, as it is or made into it; throws a {@linkcode Fault} at another. */
export type Shape<T> = (value: unknown) => T;

/** What is wrong with data, and where in it. */
export class Fault extends Error {
  /**
   * A fault.
   *
   * @param expected What was expected
   * @param where The keys that lead to it
   */
  constructor(readonly expected: string, readonly where: readonly string[] = []) {
    super(where.length > 0 ? `"${where.join(".")}": ${expected}` : expected);
  }
}

/** A text. */
export function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw new Fault("Expected a text");
}

/** True or false. */
export function flag(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new Fault("Expected true or false");
}

/** A number, also one with a fraction. */
export function number(value: unknown): number {
  if (typeof value === "number") return value;
  throw new Fault("Expected a number");
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number): Shape<number> {
  return (value) => {
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) {
      return Number(value);
    }
    throw new Fault(`Expected a whole number from ${least} to ${most}`);
  };
}

/** One of some texts. */
export function oneOf<const T extends string>(...texts: readonly T[]): Shape<T> {
  return (value) => {
    const found = texts.find((text) => text === value);
    if (found !== undefined) return found;
    throw new Fault(`Expected one of: ${texts.join(", ")}`);
  };
}

/** What need not be there. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value) => value === undefined ? undefined : shape(value);
}

/** What may be `null`. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => value === null ? null : shape(value);
}

/** A list. */
export function list<T>(shape: Shape<T>): Shape<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new Fault("Expected a list");
    let at = 0;
    try {
      for (; at < value.length; at++) value[at] = shape(value[at]);
    } catch (error) {
      throw within(String(at), error);
    }
    return value;
  };
}

/** Values of one shape by name, whatever the names are. */
export function dictionaryOf<T>(shape: Shape<T>): Shape<Dictionary<T>> {
  return (value) => {
    const from = object(value);
    const result = dictionary<T>();
    let at = "";
    try {
      const keys = Object.keys(from);
      for (let i = 0; i < keys.length; i++) {
        at = keys[i];
        result[at] = shape(from[at]);
      }
    } catch (error) {
      throw within(at, error);
    }
    return result;
  };
}

/**
 * An object with some known fields. Other fields stay in it.
 *
 * @param shapes The shape of each known field
 */
export function fields<T extends object>(
  shapes: { readonly [K in keyof T]-?: Shape<T[K]> },
): Shape<T> {
  const keys = Object.keys(shapes);
  const known: readonly Shape<unknown>[] = Object.values(shapes);
  return (value) => {
    const from = object(value);
    let at = "";
    try {
      for (let i = 0; i < keys.length; i++) {
        at = keys[i];
        const is = Object.hasOwn(from, at) ? from[at] : undefined;
        const shaped = known[i](is);
        if (shaped !== is) from[at] = shaped;
      }
    } catch (error) {
      throw within(at, error);
    }
    return from as T;
  };
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Fault("Expected an object");
}

function within(key: string, error: unknown): unknown {
  return error instanceof Fault ? new Fault(error.expected, [key, ...error.where]) : error;
}
