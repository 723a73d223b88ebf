/** The variables of the specification in the entries of a config. Pure. */
import type { Node } from "jsonc-parser";
import { managedVariables } from "../catalogue/spec_rules.ts";
import { applyEdits, removeMembers } from "../json/edit.ts";
import { memberOf, membersOf } from "../json/node.ts";
import type { ParsedConfig } from "./config_text.ts";

/** Whether some cmgr wrote this `env`: before its memory was lost, or for another instance. */
export function isWrittenByCmgr(env: Node | undefined): boolean {
  return env !== undefined &&
    managedVariables.every((variable) => memberOf(env, variable) !== undefined);
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
