/**
 * What of a config must not be shown: values that look like tokens, keys and passwords. Pure;
 * everything that prints parts of a config goes through it. Rather too much is masked than too
 * little.
 *
 * @module
 */
import { type Node, type ParseError, parseTree } from "jsonc-parser";
import { applyEdits, type Edit } from "../json/edit.ts";
import { membersOf } from "../json/node.ts";

/** Stands where a secret was. */
export const mask = "********";

const secretWords = new Set(
  ("token tokens secret secrets password passwords passwd passphrase pwd pass apikey key keys auth " +
    "authorization bearer credential credentials cookie cookies session jwt pat dsn signature " +
    "private salt otp pin webhook").split(" "),
);
const secretParts = /token|secret|passw|apikey|credential|privatekey|accesskey/;
/** Such a name tells where or how long, not what: `AUTH_SERVER_PORT`, `KEY_FILE`. */
const plainEnd =
  /^(ports?|path|file|dir|host|type|mode|enabled|timeout|ttl|length|count|url|uri|id)$/;

const knownTokens =
  /\b(?:sk|pk|rk|ghp|gho|ghu|ghs|ghr|github_pat|glpat|xox[a-z]|xapp|ntn|secret|lin_api|npm|hf|shpat|dop_v1|pypi|sbp|fc|tvly|pplx|gsk|r8|sntrys|phc|ya29|AKIA|ASIA|AIza|SG)[-_.]?[A-Za-z0-9][A-Za-z0-9_.-]{10,}/g;
const jwt = /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g;
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const pem = /-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g;
const scheme = /\b(Bearer|Basic|Token|Digest)(\s+)(\S+)/gi;
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/)((?:[^\s/:@"']*:[^\s"']*|[^\s/@"']+))@/gi;
const header = /(^|["'\s])([A-Za-z][\w-]*)(\s*:\s+|:(?=[^\s/\\]))(.+)$/;
const assignment = /([A-Za-z][\w.-]*)(\s*=\s*)("[^"]*"|'[^']*'|[^\s&"',;]+)/g;
const run = /[A-Za-z0-9+_=-]{16,}/g;

/**
 * Whether the value under a name is a secret whatever it looks like.
 *
 * @param name Name of a variable, flag, header, query parameter or JSON key
 */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  if (words.length === 0 || plainEnd.test(words[words.length - 1])) return false;
  return words.some((word) => secretWords.has(word) || secretParts.test(word));
}

/**
 * A text without its secrets.
 *
 * @param text A value, an argument, a line of a log, a message
 */
export function maskText(text: string): string {
  return hideInText(text, () => {});
}

/**
 * Arguments without their secrets: also those that only the flag before them gives away.
 *
 * @param args The arguments
 */
export function maskArgs(args: readonly string[]): string[] {
  return hideInArgs(args, () => {});
}

/**
 * The value of a variable, or the mask.
 *
 * @param name Name of the variable
 * @param value Its value
 */
export function maskVariable(name: string, value: string): string {
  return hideNamed(name, value, () => {});
}

/**
 * A config without its secrets; line breaks and all else stay where they are.
 *
 * @param text JSON text
 * @returns The text, or the mask alone when it is not JSON: nobody can tell then what is secret
 */
export function maskConfig(text: string): string {
  return hideInJson(text, () => {}) ?? mask;
}

/**
 * The secrets of a config, for taking them out of texts that may repeat them.
 *
 * @param text JSON text
 * @returns The values, longest first
 */
export function secretsIn(text: string): string[] {
  const found = new Set<string>();
  hideInJson(text, (secret) => found.add(secret));
  return [...found].sort((a, b) => b.length - a.length);
}

/**
 * Takes known secrets, and what looks like one, out of a text.
 *
 * @param text A log, a message
 * @param secrets The known ones
 */
export function redact(text: string, secrets: readonly string[]): string {
  return hideKnown(text, secrets).split("\n").map(maskText).join("\n");
}

/**
 * Takes known secrets out of a text, and nothing else.
 *
 * @param text A log
 * @param secrets The known ones, longest first; those too short to be told from words are left
 */
export function hideKnown(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= 4)
    .reduce((result, secret) => result.replaceAll(secret, mask), text);
}

type Found = (secret: string) => void;

function hide(secret: string, found: Found): string {
  if (secret === "" || secret === mask) return secret;
  found(secret);
  // A log may repeat the token alone, without the scheme before it.
  const bare = /^(?:Bearer|Basic|Token|Digest)\s+(\S+)$/i.exec(secret)?.[1];
  if (bare !== undefined) found(bare);
  return mask;
}

function hideNamed(name: string, value: string, found: Found): string {
  return isSecretName(name) ? hide(value, found) : hideInText(value, found);
}

function hideInText(text: string, found: Found): string {
  if (/^\s*[[{]/.test(text)) {
    const masked = hideInJson(text, found);
    if (masked !== undefined) return masked;
  }
  const isPath = /^(?:[/~.]|[A-Za-z]:[\\/])/.test(text);
  return text
    .replace(pem, (all) => hide(all, found))
    .replace(userInfo, (_, start, user) => `${start}${hide(user, found)}@`)
    .replace(
      header,
      (all, start, name, colon, value) =>
        isSecretName(name) ? `${start}${name}${colon}${hide(value, found)}` : all,
    )
    .replace(scheme, (_, name, gap, value) => `${name}${gap}${hide(value, found)}`)
    .replace(
      assignment,
      (all, name, equals, value) =>
        isSecretName(name) ? `${name}${equals}${hide(value, found)}` : all,
    )
    .replace(jwt, (all) => hide(all, found))
    .replace(knownTokens, (all) => hide(all, found))
    .replace(uuid, (all) => hide(all, found))
    .replace(run, (all) => !isPath && isRandom(all) ? hide(all, found) : all);
}

/** Letters and digits mixed as no word or version is. */
function isRandom(text: string): boolean {
  return text.split(/[-_]/).some((piece) =>
    piece.length >= 16 && /[A-Za-z]/.test(piece) && (piece.match(/\d/g) ?? []).length >= 2
  );
}

function hideInArgs(args: readonly string[], found: Found): string[] {
  return args.map((arg, i) => {
    const flag = i > 0 ? args[i - 1] : "";
    const isValue = /^--?[A-Za-z][\w-]*$/.test(flag) && !/^--[A-Za-z]/.test(arg);
    if (isValue && !/^--no-/.test(flag) && isSecretName(flag)) return hide(arg, found);
    if (isValue && /^(-u|--user)$/.test(flag) && arg.includes(":")) {
      const colon = arg.indexOf(":") + 1;
      return arg.slice(0, colon) + hide(arg.slice(colon), found);
    }
    return hideInText(arg, found);
  });
}

function hideInJson(text: string, found: Found): string | undefined {
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { allowTrailingComma: true });
  } catch {
    return undefined;
  }
  if (root === undefined || errors.length > 0) return undefined;
  const edits: Edit[] = [];
  collect(root, undefined, edits, found);
  return applyEdits(text, edits);
}

/** @param name The key that gives away everything below it, if there is one */
function collect(node: Node, name: string | undefined, edits: Edit[], found: Found): void {
  const put = (at: Node, now: string) => {
    if (now !== String(at.value)) {
      edits.push({ from: at.offset, to: at.offset + at.length, text: JSON.stringify(now) });
    }
  };
  switch (node.type) {
    case "object":
      for (const { key, value } of membersOf(node)) {
        // Under `mcpServers` stand names of servers, which give nothing away.
        if (key === "mcpServers") collectServers(value, edits, found);
        else collect(value, name ?? (isSecretName(key) ? key : undefined), edits, found);
      }
      return;
    case "array": {
      const children = node.children ?? [];
      if (name === undefined && children.every((child) => child.type === "string")) {
        const masked = hideInArgs(children.map((child) => child.value), found);
        children.forEach((child, i) => put(child, masked[i]));
      } else children.forEach((child) => collect(child, name, edits, found));
      return;
    }
    case "string":
      put(node, name === undefined ? hideInText(node.value, found) : hide(node.value, found));
      return;
    case "number":
      if (name !== undefined) put(node, hide(String(node.value), found));
  }
}

function collectServers(servers: Node, edits: Edit[], found: Found): void {
  if (servers.type !== "object") return collect(servers, undefined, edits, found);
  for (const { value } of membersOf(servers)) collect(value, undefined, edits, found);
}
