/** A config as it would be without cmgr, ready for another instance. */
import { managedVariables } from "../catalogue/spec_rules.ts";
import { applyEdits, removeMembers } from "../json/edit.ts";
import { memberOf, membersOf } from "../json/node.ts";
import type { ConfigMemory } from "../registry/schemas.ts";
import { removePatches } from "./config_edit.ts";
import { isWrittenByCmgr, parseConfig, type ParsedConfig } from "./config_text.ts";

/**
 * Restores what cmgr replaced, and removes what another cmgr wrote.
 *
 * @param memory What was replaced, where that is known
 */
export function stripPorts(config: ParsedConfig, memory?: ConfigMemory): string {
  return removeManaged(parseConfig(removePatches(config, memory), "the config"));
}

/** Removes the variables from entries that some cmgr wrote, for whichever instance. */
export function removeManaged(config: ParsedConfig): string {
  const edits = config.entries.flatMap(({ env, node }) => {
    if (env === undefined || !isWrittenByCmgr(env)) return [];
    const members = membersOf(env);
    const gone = members.filter(({ key }) => managedVariables.includes(key));
    return gone.length < members.length
      ? removeMembers(env, gone)
      : removeMembers(node, [memberOf(node, "env")!]);
  });
  return applyEdits(config.text, edits);
}
