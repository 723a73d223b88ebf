import type { CmgrError } from "../errors.ts";
import type { Io } from "./streams.ts";

/** Follows https://no-color.org, and FORCE_COLOR. */
export function wantsColour(io: Io, isTerminal: boolean): boolean {
  if (io.env("NO_COLOR")) return false;
  const force = io.env("FORCE_COLOR") || io.env("CLICOLOR_FORCE");
  if (force !== undefined && force !== "") return force !== "0";
  return isTerminal && io.env("TERM") !== "dumb";
}

/** Makes control characters visible, which could drive a terminal. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

/** As {@linkcode printable}, but leaves colours and line ends. */
export function safeResult(text: string): string {
  // deno-lint-ignore no-control-regex
  const parts = text.split(/(\x1b\[[\d;]*m|\r\n)/);
  return parts.map((part, i) => i % 2 === 1 ? part : printable(part)).join("");
}

/** Hides what a link to the app carries: it can log people in. */
export function withoutLinks(text: string): string {
  return text.replace(/(claude:\/\/)[^\s"]+/gi, "$1…");
}

/** JSON that is safe to show: `JSON.stringify` leaves DEL and the C1 control characters. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(/[\x7f-\x9f]/g, (character) => {
    return `\\u00${character.charCodeAt(0).toString(16)}`;
  });
}

export function formatError(error: CmgrError, colour: boolean): string {
  const label = colour ? "\x1b[31merror\x1b[0m" : "error";
  const hint = error.hint === undefined ? "" : `${printable(withoutLinks(error.hint))}\n`;
  return `${label}: ${printable(withoutLinks(error.message))}\n${hint}`;
}

export function errorJson(error: CmgrError): string {
  const { exit, code, message, hint } = error;
  const shown = { exit, code, message, hint: hint ?? null };
  return `${withoutLinks(toJson({ error: shown }))}\n`;
}
