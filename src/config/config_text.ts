import type { Node } from "jsonc-parser";
import * as v from "valibot";
import { isCopyScript } from "../paths.ts";
import type { Document } from "../json/edit.ts";
import { memberOf, membersOf } from "../json/node.ts";
import { parseJson, parseNodes, type Source } from "../json/parse.ts";
import { dictionaryOf, fields } from "../json/validate.ts";

/** An entry of `mcpServers` that starts a program. */
export interface Entry {
  readonly key: string;
  /** What the user has written; the script that starts copies of it is left out. */
  readonly command: string;
  /** The script, where it is started through one. */
  readonly script?: string;
  readonly args: readonly string[];
  /** The folder it is started in, where it names one. */
  readonly cwd?: string;
  /** Whether the config says not to start it; it keeps its ports. */
  readonly isDisabled: boolean;
  /** Names of the variables in its `env`. */
  readonly variables: readonly string[];
  /** The whole entry. */
  readonly node: Node;
  readonly commandNode: Node;
  readonly env: Node | undefined;
  readonly argsNode: Node | undefined;
}

/** An entry that starts no program. */
export interface Remote {
  readonly key: string;
  /** `undefined` for one that names no address either. */
  readonly url?: string;
}

export interface ParsedConfig extends Document {
  /** How many servers there are, those with only a URL included. */
  readonly servers: number;
  /** The entries of `mcpServers` that start a program, not those with only a URL. */
  readonly entries: readonly Entry[];
  readonly remotes: readonly Remote[];
}

/** The app drops a whole config for one value that is no string. */
const word = v.string(({ input }) =>
  `is ${
    input === null ? "null" : typeof input === "object" ? "no text" : `a ${typeof input}`
  }, not a string: ${input === null ? "remove it" : "write it in quotes"}`
);

const schema = fields({
  mcpServers: v.optional(dictionaryOf(fields({
    command: v.optional(v.string()),
    args: v.optional(v.array(word)),
    // What cmgr only reads is no reason to refuse a config.
    cwd: v.optional(v.unknown()),
    env: v.optional(dictionaryOf(word)),
    url: v.optional(v.unknown()),
    disabled: v.optional(v.unknown()),
  }))),
});

/** What such an entry is, to follow its key; its address may hold secrets. */
export function describeRemote({ url }: Remote): string {
  return url === undefined
    ? "has neither a command nor a URL: the app does not start it"
    : "is a remote server, reached by a URL: the app does not start it";
}

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
  const effect = code === "usage" ? "nothing was changed" : "cmgr has not changed the file";
  const source: Source = { name: where, code, hint: `Fix it and repeat the command; ${effect}` };
  const { mcpServers = {} } = parseJson(text, schema, source);
  const root = parseNodes(text, source)!;
  const node = memberOf(root, "mcpServers")?.value;
  // The last one of a duplicate key counts.
  const nodes = new Map(node && membersOf(node).map(({ key, value }) => [key, value]));
  const entries = [...nodes].flatMap(([key, node]): Entry[] => {
    const { command, args = [], env = {}, cwd, disabled } = mcpServers[key];
    if (command === undefined) return [];
    const [envNode, argsNode] = ["env", "args"].map((field) => memberOf(node, field)?.value);
    const variables = Object.keys(env);
    const behind = isCopyScript(command) ? env.CMGR_COPY_COMMAND : undefined;
    return [{
      key,
      command: behind ?? command,
      ...(behind !== undefined && { script: command }),
      args,
      ...(typeof cwd === "string" && { cwd }),
      isDisabled: disabled === true,
      variables,
      node,
      commandNode: memberOf(node, "command")!.value,
      env: envNode,
      argsNode,
    }];
  });
  const remotes = [...nodes.keys()].flatMap((key): Remote[] => {
    const { command, url } = mcpServers[key];
    return command === undefined ? [{ key, ...(typeof url === "string" && { url }) }] : [];
  });
  return { text, root, servers: nodes.size, entries, remotes };
}
