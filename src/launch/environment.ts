/**
 * The variables that an instance is started with. They are for the app and its launcher scripts:
 * servers see only what is in the config. Pure.
 */
import { configOf, type Paths } from "../paths.ts";
import { type Allocation, portsOfTool } from "../ports/allocate.ts";
import { managedVariables } from "../catalogue/spec_rules.ts";
import { isLoaderVariable } from "../system/run.ts";

/** The names of the original cmgr. */
const variableOf: ReadonlyMap<string, string> = new Map([
  ["filesystem", "FILESYSTEM_PORT"],
  ["sequential-thinking", "SEQUENTIAL_THINKING_PORT"],
  ["memory", "MEMORY_PORT"],
  ["desktop-commander", "DESKTOP_COMMANDER_PORT"],
  ["repl", "REPL_PORT"],
  ["playwright-mcp-server", "PLAYWRIGHT_PORT"],
]);

export function environmentOf(
  paths: Paths,
  instance: string,
  allocation: Allocation | undefined,
): Record<string, string> {
  const environment: Record<string, string> = {
    CLAUDE_INSTANCE: instance,
    CLAUDE_CONFIG_PATH: configOf(paths, instance),
  };
  if (allocation === undefined) return environment;
  environment.MCP_BASE_PORT = String(allocation.range.base);
  environment.MCP_PORT_RANGE = String(allocation.range.size);
  for (const [tool, variable] of variableOf) {
    environment[variable] = String(portsOfTool(allocation, tool)[0]);
  }
  for (const tool of allocation.offsets.keys()) {
    if (variableOf.has(tool)) continue;
    for (const [i, port] of portsOfTool(allocation, tool).entries()) {
      const variable = `${variableNameOf(tool)}${i === 0 ? "" : `_${i + 1}`}`;
      // No child can be given the variable of a tool "ld-mcp"; that of "mcp-base" has a meaning.
      const isTaken = isLoaderVariable(variable) || Object.hasOwn(environment, variable) ||
        managedVariables.includes(variable);
      if (!isTaken) environment[variable] = String(port);
    }
  }
  return environment;
}

/** `figma-bridge` becomes `FIGMA_BRIDGE_PORT`. */
function variableNameOf(tool: string): string {
  const name = tool.toUpperCase().replace(/[^A-Z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return `${/^[A-Z]/.test(name) ? "" : "_"}${name}_PORT`;
}
