/**
 * What is known of MCP servers: data, with the source of each fact. "Measured" means that the
 * version was started as the app starts it (stdio, `initialize` and `tools/list`) and its ports
 * were checked. A server without a rule keeps its arguments.
 */
import { bindingRules } from "./binding_rules.ts";
import { quietRules } from "./quiet_rules.ts";
import type { Rule } from "./rule.ts";
import { specRules } from "./spec_rules.ts";

/** The first that matches an entry counts. */
export const catalogue: readonly Rule[] = [...specRules, ...bindingRules, ...quietRules];

/** The variables of the specification, which every server gets. */
export const managedVariables: readonly string[] = [
  "MCP_PORT",
  "MCP_SERVER_PORT",
  "MCP_BASE_PORT",
  "CLAUDE_INSTANCE",
];

/** Ports that are never handed out, with the reason. */
export const forbiddenPorts: ReadonlyMap<number, string> = new Map([
  [9009, "@browsermcp/mcp kills whatever listens there"],
  [9222, "Chromium's remote debugger listens there"],
  [9229, "Node's inspector listens there"],
]);

/** Ports after its own that each of the six has, for further copies of a server. */
export const sparePorts = 9;

/** A tool whose place in every range is fixed by the specification. */
export type SpecTool = Rule & { readonly offset: number };

export const specTools: readonly SpecTool[] = catalogue.filter(
  (rule): rule is SpecTool => rule.offset !== undefined,
);
