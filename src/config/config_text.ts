import type { Node } from "jsonc-parser";
import { managedVariables } from "../catalogue/spec_rules.ts";
import type { Document } from "../json/edit.ts";
import { memberOf, membersOf } from "../json/node.ts";
import { parseJson, parseNodes, type Source } from "../json/parse.ts";
import { configFields, type ServerEntry, type ServerList, serversIn } from "./server_entries.ts";

/** An entry with its places in the text. */
export interface Entry extends ServerEntry {
  /** The whole entry. */
  readonly node: Node;
  readonly commandNode: Node;
  readonly env: Node | undefined;
  readonly argsNode: Node | undefined;
}

export interface ParsedConfig extends Document, ServerList {
  readonly entries: readonly Entry[];
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
  const { mcpServers = {} } = parseJson(text, configFields, source);
  const root = parseNodes(text, source)!;
  const node = memberOf(root, "mcpServers")?.value;
  // The last one of a duplicate key counts.
  const nodes = new Map(node && membersOf(node).map(({ key, value }) => [key, value]));
  const list = serversIn(mcpServers, [...nodes.keys()]);
  const entries = list.entries.map((entry): Entry => {
    const node = nodes.get(entry.key)!;
    const [commandNode, env, argsNode] = ["command", "env", "args"]
      .map((field) => memberOf(node, field)?.value);
    return { ...entry, node, commandNode: commandNode!, env, argsNode };
  });
  return { text, root, ...list, entries };
}

/** Whether some cmgr wrote this `env`: before its memory was lost, or for another instance. */
export function isWrittenByCmgr(env: Node | undefined): boolean {
  return env !== undefined &&
    managedVariables.every((variable) => memberOf(env, variable) !== undefined);
}
