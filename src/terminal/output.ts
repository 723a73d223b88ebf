/**
 * How results and errors look.
 *
 * @module
 */
import type { CmgrError } from "../errors.ts";
import type { Io } from "./streams.ts";

/**
 * Whether to use colour on a stream. Follows https://no-color.org, and FORCE_COLOR.
 *
 * @param io The program's edge
 * @param isTerminal Whether the stream is a terminal
 */
export function wantsColour(io: Io, isTerminal: boolean): boolean {
  if (io.env("NO_COLOR")) return false;
  const force = io.env("FORCE_COLOR") || io.env("CLICOLOR_FORCE");
  if (force !== undefined && force !== "") return force !== "0";
  return isTerminal && io.env("TERM") !== "dumb";
}

/**
 * Makes a text safe to show: control characters, which could drive a terminal, become visible.
 *
 * @param text Anything, an instance's log among it
 */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

/**
 * Makes a result safe to show: as {@linkcode printable}, but for colours and the ends of lines.
 *
 * @param text What a command prints, with names and values of a stranger's config in it
 */
export function safeResult(text: string): string {
  // deno-lint-ignore no-control-regex
  const parts = text.split(/(\x1b\[[\d;]*m|\r\n)/);
  return parts.map((part, i) => i % 2 === 1 ? part : printable(part)).join("");
}

/**
 * Takes out of a text what a link to the app carries: it lets people in.
 *
 * @param text Anything, what was typed among it
 */
export function withoutLinks(text: string): string {
  return text.replace(/(claude:\/\/)[^\s"]+/gi, "$1…");
}

/**
 * JSON that is safe to show: it escapes control characters by itself but those that are not ASCII.
 *
 * @param value Anything
 * @param indent Blanks of each level; one line when not given
 */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(/[\x7f-\x9f]/g, (character) => {
    return `\\u00${character.charCodeAt(0).toString(16)}`;
  });
}

/**
 * An error as people read it.
 *
 * @param error The error
 * @param colour Whether to use colour
 */
export function formatError(error: CmgrError, colour: boolean): string {
  const label = colour ? "\x1b[31merror\x1b[0m" : "error";
  const hint = error.hint === undefined ? "" : `${printable(withoutLinks(error.hint))}\n`;
  return `${label}: ${printable(withoutLinks(error.message))}\n${hint}`;
}

/**
 * An error as programs read it.
 *
 * @param error The error
 */
export function errorJson(error: CmgrError): string {
  const { exit, code, message, hint } = error;
  const shown = { exit, code, message, hint: hint ?? null };
  return `${withoutLinks(toJson({ error: shown }))}\n`;
}
