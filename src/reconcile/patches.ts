import { dirname, sep } from "node:path";
import { copyScriptOf } from "../paths.ts";
import { type Allocation, portsOfCopies, portsOfTool, type Wanted } from "../ports/allocate.ts";
import { applyRule, portCount } from "../catalogue/apply_rule.ts";
import { furtherCopies, variablesOfCopies } from "../catalogue/copies.ts";
import { type Launch, recognise } from "../catalogue/recognise.ts";
import type { Rule } from "../catalogue/rule.ts";
import { applyPatches, type Edited, type EntryPatch } from "../config/config_edit.ts";
import type { ParsedConfig } from "../config/config_text.ts";
import type { ConfigMemory } from "../registry/schemas.ts";

interface Patched {
  readonly instance: string;
  readonly sandbox: string;
  readonly allocation: Allocation;
  readonly rules: readonly Rule[];
}

export function wantedBy(entries: readonly Launch[], rules: readonly Rule[]): Wanted[] {
  return recognise(entries, rules).map((entry) => ({
    tool: entry.tool,
    count: portCount(entry),
    copies: furtherCopies(entry),
  }));
}

/** Pure. */
export function editPorts(
  config: ParsedConfig,
  patched: Patched,
  memory?: ConfigMemory,
): Edited {
  return applyPatches(config, patchesFor(config.entries, patched), memory);
}

/** @returns By key of the entry */
function patchesFor(
  entries: readonly Launch[],
  { instance, sandbox, allocation, rules }: Patched,
): Map<string, EntryPatch> {
  const belongsToAnother = (value: string) =>
    value.startsWith(dirname(sandbox) + sep) && !value.startsWith(sandbox + sep);
  return new Map(
    recognise(entries, rules).map((entry, i) => {
      const ports = portsOfTool(allocation, entry.tool);
      const pinned = allocation.pins?.get(entry.tool)?.length ?? 0;
      const context = { command: entries[i].command, ports, pinned, sandbox };
      const applied = applyRule(entry, context);
      const further = portsOfCopies(allocation, entry.tool);
      const copies = {
        script: copyScriptOf(sandbox),
        variables: (args: readonly string[]) => variablesOfCopies(entry, context, further, args),
      };
      const env = {
        ...applied.env,
        MCP_PORT: String(ports[0]),
        MCP_SERVER_PORT: String(ports[0]),
        MCP_BASE_PORT: String(allocation.range.base),
        CLAUDE_INSTANCE: instance,
      };
      return [entry.key, { ...applied, env, copies, belongsToAnother }];
    }),
  );
}
