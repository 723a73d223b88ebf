import type { Node } from "jsonc-parser";
import * as v from "valibot";
import type { Document } from "../json/edit.ts";
import { memberOf, membersOf } from "../json/node.ts";
import { parseJson, parseNodes, type Source } from "../json/parse.ts";
import { dictionaryOf, fields, plainObject } from "../json/validate.ts";

/** An entry of `mcpServers` that starts a program. */
export interface Entry {
  readonly key: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Names of the variables in its `env`. */
  readonly variables: readonly string[];
  /** The whole entry. */
  readonly node: Node;
  readonly env: Node | undefined;
  readonly argsNode: Node | undefined;
}

export interface ParsedConfig extends Document {
  /** How many servers there are, those with only a URL included. */
  readonly servers: number;
  /** The entries of `mcpServers` that start a program, not those with only a URL. */
  readonly entries: readonly Entry[];
}

const schema = fields({
  mcpServers: v.optional(dictionaryOf(fields({
    command: v.optional(v.string()),
    args: v.optional(v.array(v.string())),
    env: v.optional(plainObject),
  }))),
});

/**
 * @param where Names the text in errors
 * @param code `usage` for a text that the user passed in
 * @throws {CmgrError} `code`, when it is not strict JSON or its parts have the wrong type
 */
export function parseConfig(
  text: string,
  where: string,
  code: "usage" | "damaged" = "usage",
): ParsedConfig {
  const effect = code === "usage" ? "nothing was changed" : "cmgr has left the file as it is";
  const source: Source = { name: where, code, hint: `Fix it and repeat the command; ${effect}` };
  const { mcpServers = {} } = parseJson(text, schema, source);
  const root = parseNodes(text, source)!;
  const node = memberOf(root, "mcpServers")?.value;
  // The last one of a duplicate key counts.
  const nodes = new Map(node && membersOf(node).map(({ key, value }) => [key, value]));
  const entries = [...nodes].flatMap(([key, node]): Entry[] => {
    const { command, args = [], env = {} } = mcpServers[key];
    if (command === undefined) return [];
    const [envNode, argsNode] = ["env", "args"].map((field) => memberOf(node, field)?.value);
    return [{ key, command, args, variables: Object.keys(env), node, env: envNode, argsNode }];
  });
  return { text, root, servers: nodes.size, entries };
}
