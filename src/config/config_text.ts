/**
 * `claude_desktop_config.json` as text with known places: what is needed to change a few bytes
 * of it and leave every other byte alone.
 *
 * @module
 */
import { type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { CmgrError } from "../errors.ts";
import { lineOf } from "../json/position.ts";

/** A JSON value with its place in the text; jsonc-parser's node, as far as it is used. */
export interface Node {
  /** Kind of value; `property` is a key with its value. */
  readonly type: "object" | "array" | "property" | "string" | "number" | "boolean" | "null";
  /** Where it starts. */
  readonly offset: number;
  /** How long its text is. */
  readonly length: number;
  /** The value of a text, number or truth value. */
  // deno-lint-ignore no-explicit-any
  readonly value?: any;
  /** What it consists of. */
  readonly children?: readonly Node[];
}

/** A member of a JSON object, with its places in the text. */
export interface Member {
  /** Its key, unescaped. */
  readonly key: string;
  /** The node of the key. */
  readonly name: Node;
  /** The node of the value. */
  readonly value: Node;
  /** Where the member starts: at the quote of its key. */
  readonly start: number;
  /** Where the member ends: after its value. */
  readonly end: number;
}

/** One entry of `mcpServers` that starts a program. */
export interface Entry {
  /** Its key in `mcpServers`. */
  readonly key: string;
  /** The program. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** Node of the entry. */
  readonly node: Node;
  /** Node of `env`, when there is one. */
  readonly env: Node | undefined;
  /** Node of `args`, when there is one. */
  readonly argsNode: Node | undefined;
}

/** A config that was checked. */
export interface ParsedConfig {
  /** The text it was parsed from. */
  readonly text: string;
  /** Node of the whole. */
  readonly root: Node;
  /** The entries of `mcpServers` that start a program; those with a URL alone are left out. */
  readonly entries: readonly Entry[];
}

/**
 * Parses a config and checks the parts that cmgr relies on.
 *
 * @param text The text of the file
 * @param where Names the file in errors
 * @param code What a fault is: of something handed in, or of a file that was there
 * @returns The config with its places
 * @throws {CmgrError} `code`, when it is not strict JSON or its parts have the wrong type
 */
export function parseConfig(
  text: string,
  where: string,
  code: "usage" | "damaged" = "usage",
): ParsedConfig {
  try {
    return parse(text, where);
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    const hint = code === "usage"
      ? "Mend it and repeat the command; cmgr has changed nothing"
      : "Mend it and repeat the command; cmgr has left the file as it is";
    throw new CmgrError(code, error.message, hint);
  }
}

class ConfigFault extends Error {}

function parse(text: string, where: string): ParsedConfig {
  const root = parseStrict(text, where);
  if (root.type !== "object") {
    throw wrong(where, `the whole is ${describe(root)}, not an object`);
  }
  const servers = memberOf(root, "mcpServers")?.value;
  if (servers === undefined) return { text, root, entries: [] };
  if (servers.type !== "object") {
    throw wrong(where, `"mcpServers" is ${describe(servers)}, not an object`);
  }
  const members = membersOf(servers);
  // Of a key that stands twice, JSON keeps the last.
  const lastOf = new Map(members.map((member) => [member.key, member]));
  const entries = members.filter((member) => lastOf.get(member.key) === member)
    .flatMap((member) => entryOf(member, where));
  return { text, root, entries };
}

/**
 * The members of an object, in the order of the text.
 *
 * @param object Node of an object
 */
export function membersOf(object: Node): Member[] {
  return (object.children ?? []).map((property) => {
    const [name, value] = property.children!;
    return { key: name.value, name, value, start: property.offset, end: endOf(value) };
  });
}

/**
 * The member of that key; of a key that stands twice the last, as JSON has it.
 *
 * @param object Node of an object
 * @param key The key
 */
export function memberOf(object: Node, key: string): Member | undefined {
  return membersOf(object).findLast((member) => member.key === key);
}

/** Where a node ends in the text. */
export function endOf(node: Node): number {
  return node.offset + node.length;
}

/** The text of a node. */
export function textOf(text: string, node: Node): string {
  return text.slice(node.offset, endOf(node));
}

function parseStrict(text: string, where: string): Node {
  if (text.startsWith("\uFEFF")) {
    throw wrong(where, "it starts with a byte order mark, which the app cannot read", 1);
  }
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { disallowComments: true });
    if (errors.length === 0) JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw wrong(where, "it is nested too deeply");
    throw wrong(where, "it is not valid JSON");
  }
  if (errors.length > 0 || root === undefined) {
    const [first] = errors;
    const line = lineOf(text, first?.offset ?? 0);
    const reason = first ? reasonOf(printParseErrorCode(first.error)) : "it is empty";
    throw wrong(where, `it is not valid JSON: ${reason}`, line);
  }
  return root;
}

function reasonOf(code: string): string {
  switch (code) {
    case "InvalidCommentToken":
      return "a comment, which the app does not accept";
    case "PropertyNameExpected":
      return "a quoted name is expected (a trailing comma?)";
    case "ValueExpected":
      return "a value is expected (a trailing comma?)";
    default:
      return code.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  }
}

function entryOf(member: Member, where: string): Entry[] {
  const at = `"mcpServers.${member.key}`;
  const node = member.value;
  if (node.type !== "object") throw wrong(where, `${at}" is ${describe(node)}, not an object`);
  const command = memberOf(node, "command")?.value;
  if (command === undefined) return [];
  if (command.type !== "string") {
    throw wrong(where, `${at}.command" is ${describe(command)}, not a text`);
  }
  const argsNode = memberOf(node, "args")?.value;
  if (argsNode !== undefined && argsNode.type !== "array") {
    throw wrong(where, `${at}.args" is ${describe(argsNode)}, not a list`);
  }
  const words = argsNode?.children ?? [];
  const odd = words.findIndex((word) => word.type !== "string");
  if (odd !== -1) {
    throw wrong(where, `${at}.args[${odd}]" is ${describe(words[odd])}, not a text`);
  }
  const env = memberOf(node, "env")?.value;
  if (env !== undefined && env.type !== "object") {
    throw wrong(where, `${at}.env" is ${describe(env)}, not an object`);
  }
  const args = words.map((word) => word.value as string);
  return [{ key: member.key, command: command.value, args, node, env, argsNode }];
}

function describe(node: Node): string {
  switch (node.type) {
    case "object":
      return "an object";
    case "array":
      return "a list";
    case "string":
      return "a text";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    default:
      return "null";
  }
}

function wrong(where: string, reason: string, line?: number): ConfigFault {
  return new ConfigFault(`${where}${line === undefined ? "" : `, line ${line}`}: ${reason}`);
}
