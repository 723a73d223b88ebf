/**
 * What the servers of a config must say for an allocation: pure.
 *
 * @module
 */
import { type Allocation, portsOfTool, type Wanted } from "../ports/allocate.ts";
import { recognise } from "../ports/recognise.ts";
import type { EntryPatch } from "./config_edit.ts";
import type { Entry } from "./config_text.ts";

/**
 * The tools that a config has, with the ports they want.
 *
 * @param entries The entries of the config
 */
export function wantedBy(entries: readonly Entry[]): Wanted[] {
  return recognise(entries).map(({ tool }) => ({ tool, count: 1 }));
}

/**
 * What each entry must say.
 *
 * @param instance Name of the instance
 * @param entries The entries of its config
 * @param allocation Its range and ports
 * @returns Patches by key
 */
export function patchesFor(
  instance: string,
  entries: readonly Entry[],
  allocation: Allocation,
): Map<string, EntryPatch> {
  return new Map(
    recognise(entries).map(({ key, tool }) => {
      const [port] = portsOfTool(allocation, tool);
      const env = {
        MCP_PORT: String(port),
        MCP_SERVER_PORT: String(port),
        MCP_BASE_PORT: String(allocation.range.base),
        CLAUDE_INSTANCE: instance,
      };
      return [key, { env }];
    }),
  );
}
