/**
 * Masks values that look like tokens, keys and passwords: too many rather than too few. Everything
 * that prints parts of a config goes through it. Pure.
 */
import type { Node } from "jsonc-parser";
import { CmgrError } from "../errors.ts";
import { applyEdits, type Edit, replace } from "../json/edit.ts";
import { membersOf } from "../json/node.ts";
import { parseNodes } from "../json/parse.ts";
import { isSecretName } from "./secret_names.ts";
import { type Hide, hideSecrets } from "./secret_patterns.ts";

export const mask = "********";

/** @param text A value, an argument, a line of a log, a message */
export function maskText(text: string): string {
  return hideInText(text, masking());
}

/** Also masks a value that only the flag before it shows to be secret. */
export function maskArgs(args: readonly string[]): string[] {
  return hideInArgs(args, masking());
}

export function maskVariable(name: string, value: string): string {
  const hide = masking();
  return isSecretName(name) ? hide(value) : hideInText(value, hide);
}

/** Returns only the mask for text that is not JSON: nothing says then what is secret. */
export function maskConfig(text: string): string {
  return hideInJson(text, masking()) ?? mask;
}

/** The longest first. */
export function secretsIn(config: string): string[] {
  const found = new Set<string>();
  hideInJson(config, masking(found));
  return [...found].sort((a, b) => b.length - a.length);
}

/** Removes known secrets, and what looks like one, from a text of several lines. */
export function redact(text: string, secrets: readonly string[]): string {
  return hideKnown(text, secrets).split("\n").map(maskText).join("\n");
}

/** @param secrets The longest first; those as short as words are left */
export function hideKnown(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= 4)
    .reduce((result, secret) => result.replaceAll(secret, mask), text);
}

/** @param found Collects the secrets */
function masking(found?: Set<string>): Hide {
  return (secret) => {
    if (secret === "" || secret === mask) return secret;
    found?.add(secret);
    // A log may repeat only the token, without the scheme before it.
    const bare = /^(?:Bearer|Basic|Token|Digest)\s+(\S+)$/i.exec(secret)?.[1];
    if (bare !== undefined) found?.add(bare);
    return mask;
  };
}

/** In characters: what is longer is hidden as a whole, since it may take the patterns minutes. */
const maxText = 1_000_000;

function hideInText(text: string, hide: Hide): string {
  const masked = /^\s*[[{]/.test(text) ? hideInJson(text, hide) : undefined;
  return masked ?? (text.length > maxText ? hide(text) : hideSecrets(text, hide));
}

function hideInArgs(args: readonly string[], hide: Hide): string[] {
  return args.map((arg, i) => {
    const flag = i > 0 ? args[i - 1] : "";
    const isValue = /^--?[A-Za-z][\w-]*$/.test(flag) && !/^--[A-Za-z]/.test(arg);
    if (isValue && !flag.startsWith("--no-") && isSecretName(flag)) return hide(arg);
    if (isValue && isHeaders(flag)) return hideHeaders(arg, hide);
    if (isValue && /^(-u|--user)$/.test(flag) && arg.includes(":")) {
      const colon = arg.indexOf(":") + 1;
      return arg.slice(0, colon) + hide(arg.slice(colon));
    }
    return hideInText(arg, hide);
  });
}

/** Any header may contain credentials; only the server knows which do. */
function isHeaders(name: string): boolean {
  return name.length < 1_000 && /^(-H|-*(\w+[_-])?headers?)$/i.test(name);
}

/** @param text `Name: value`, or JSON with headers */
function hideHeaders(text: string, hide: Hide): string {
  const json = /^\s*[[{]/.test(text) ? hideInJson(text, hide, "headers") : undefined;
  if (json !== undefined) return json;
  const [, name, value] = /^([\w-]+\s*:\s*)(.*)$/s.exec(text) ?? ["", "", text];
  return name + hide(value);
}

/** @returns `undefined` for what is not JSON */
function hideInJson(text: string, hide: Hide, name?: string): string | undefined {
  let root: Node | undefined;
  try {
    root = parseNodes(text, { name: "", hint: "", comments: true });
  } catch (error) {
    if (error instanceof CmgrError) return undefined;
    throw error;
  }
  return root && applyEdits(text, [...editsIn(root, name, hide)]);
}

/** @param name The key that makes everything below it secret, if there is one */
function* editsIn(node: Node, name: string | undefined, hide: Hide): Generator<Edit> {
  const children = node.children ?? [];
  switch (node.type) {
    case "object":
      for (const { key, value } of membersOf(node)) {
        // The keys of `mcpServers` are names of servers, which give nothing away.
        if (name === undefined && isHeaders(key) && value.type === "string") {
          yield* changed(value, hideHeaders(value.value, hide));
        } else if (key !== "mcpServers" || value.type !== "object") {
          const isSecret = isSecretName(key) || isHeaders(key);
          yield* editsIn(value, name ?? (isSecret ? key : undefined), hide);
        } else for (const server of membersOf(value)) yield* editsIn(server.value, undefined, hide);
      }
      break;
    case "array":
      if (name === undefined && children.every((child) => child.type === "string")) {
        const masked = hideInArgs(children.map((child) => child.value), hide);
        for (const [i, child] of children.entries()) yield* changed(child, masked[i]);
      } else for (const child of children) yield* editsIn(child, name, hide);
      break;
    case "string":
      yield* changed(node, name === undefined ? hideInText(node.value, hide) : hide(node.value));
      break;
    case "number":
      if (name !== undefined) yield* changed(node, hide(String(node.value)));
  }
}

function* changed(node: Node, shown: string): Generator<Edit> {
  if (shown !== String(node.value)) yield replace(node, JSON.stringify(shown));
}
