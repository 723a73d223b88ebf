/**
 * The variables of the specification, and the entries that bear them. Pure.
 *
 * @module
 */
import { memberOf, membersOf, type Node, type ParsedConfig } from "./config_text.ts";
import { applyEdits, removeMembers } from "../json/text_edit.ts";

/** The variables of the specification, which every server gets. */
export const managedVariables: readonly string[] = [
  "MCP_PORT",
  "MCP_SERVER_PORT",
  "MCP_BASE_PORT",
  "CLAUDE_INSTANCE",
];

/** Whether a cmgr wrote this `env` whose memory is lost, or which is another instance's. */
export function isWrittenByCmgr(env: Node | undefined): boolean {
  return env !== undefined &&
    managedVariables.every((variable) => memberOf(env, variable) !== undefined);
}

/**
 * Takes the variables of the specification out of entries that some cmgr wrote, whichever
 * instance they were written for.
 *
 * @param config The config
 * @returns The text without them
 */
export function removeManaged(config: ParsedConfig): string {
  const edits = config.entries.flatMap((entry) => {
    if (entry.env === undefined || !isWrittenByCmgr(entry.env)) return [];
    const members = membersOf(entry.env);
    const gone = members.filter(({ key }) => managedVariables.includes(key));
    if (gone.length < members.length) return removeMembers(members, gone);
    return removeMembers(membersOf(entry.node), [memberOf(entry.node, "env")!]);
  });
  return applyEdits(config.text, edits);
}
