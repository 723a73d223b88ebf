import type { CmgrError } from "../errors.ts";
import type { Io } from "./streams.ts";

/** Follows https://no-color.org, and FORCE_COLOR. */
export function wantsColour(io: Io, isTerminal: boolean): boolean {
  if (io.env("NO_COLOR")) return false;
  const force = io.env("FORCE_COLOR") || io.env("CLICOLOR_FORCE");
  if (force !== undefined && force !== "") return force !== "0";
  return isTerminal && io.env("TERM") !== "dumb";
}

/** Drives a terminal or reverses the order of a line; tabs and line feeds are not among them. */
const unprintable =
  // deno-lint-ignore no-control-regex
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Makes such characters visible. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}

/** As {@linkcode printable}, for a value that must stay on one line. */
export function onOneLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

/** As {@linkcode printable}, but keeps colours and line ends: values must be escaped before. */
export function safeResult(text: string): string {
  // deno-lint-ignore no-control-regex
  const parts = text.split(/(\x1b\[[\d;]*m|\r\n)/);
  return parts.map((part, i) => i % 2 === 1 ? part : printable(part)).join("");
}

/** Hides what a link to the app carries: it can log people in. */
export function withoutLinks(text: string): string {
  return text.replace(/(claude:\/\/)[^\s"]+/gi, "$1…");
}

/** JSON that is safe to show: `JSON.stringify` keeps DEL, the C1 control characters and more. */
export function toJson(value: unknown, indent?: number): string {
  return safeJson(JSON.stringify(value, undefined, indent));
}

/** Escapes those characters, which occur only in strings. Line ends stay. */
export function safeJson(json: string): string {
  return json.replace(unprintable, (character) => {
    if (character === "\r") return character;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

export function formatError(error: CmgrError, colour: boolean): string {
  const label = colour ? "\x1b[31merror\x1b[0m" : "error";
  const hint = error.hint === undefined ? "" : `${onOneLine(withoutLinks(error.hint))}\n`;
  // A line break in a value must not start a line that looks like another message.
  const message = printable(withoutLinks(error.message)).replaceAll("\n", "\n  ");
  return `${label}: ${message}\n${hint}`;
}

export function errorJson(error: CmgrError): string {
  return `${withoutLinks(toJson({ error: errorFields(error) }))}\n`;
}

/** The documented object. */
export function errorFields({ exit, code, message, hint }: CmgrError) {
  return { exit, code, message, hint: hint ?? null };
}
