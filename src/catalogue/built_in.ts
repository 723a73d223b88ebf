/**
 * What is known of MCP servers: data, with the source of each fact. "Measured" means that the
 * version was started as the app starts it (stdio, `initialize` and `tools/list`) and its ports
 * were checked. A server without a rule keeps its arguments.
 */
import { bindingRules } from "./binding_rules.ts";
import { quietRules } from "./quiet_rules.ts";
import type { Rule } from "./rule.ts";
import { specTools } from "./spec_rules.ts";

/** The first that matches an entry counts. */
export const catalogue: readonly Rule[] = [...specTools, ...bindingRules, ...quietRules];
