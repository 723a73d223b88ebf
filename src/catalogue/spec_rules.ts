/** What the specification fixes: tools, variables and ports. */
import type { Rule, Template } from "./rule.ts";

/** Both give a server its port, of several the first. */
export const portVariables: readonly string[] = ["MCP_PORT", "MCP_SERVER_PORT"];

/** The variables that every server gets. */
export const managedVariables: readonly string[] = [
  ...portVariables,
  "MCP_BASE_PORT",
  "CLAUDE_INSTANCE",
];

/** Ports that are never handed out, with the reason. */
export const forbiddenPorts: ReadonlyMap<number, string> = new Map([
  [9009, "@browsermcp/mcp kills whatever listens there"],
  [9222, "Chromium's remote debugger listens there"],
  [9229, "Node's inspector listens there"],
]);

/** How many ports after its own each of the six has, for further copies of a server. */
export const sparePorts = 9;

/** A tool whose place in every range is fixed by the specification. */
export type SpecTool = Rule & { readonly offset: number };

function npx(...args: string[]): Template {
  return { command: "npx", args: ["-y", ...args] };
}

/** None of the six binds a port over stdio. */
export const specTools: readonly SpecTool[] = [
  {
    name: "filesystem",
    packages: ["@modelcontextprotocol/server-filesystem"],
    commands: ["mcp-server-filesystem"],
    offset: 10,
    template: npx("@modelcontextprotocol/server-filesystem", "{sandbox}/Documents"),
    isDefault: true,
    source: "measured, 2026.8.31: binds nothing over stdio; --port N becomes two directories",
  },
  {
    name: "sequential-thinking",
    packages: ["@modelcontextprotocol/server-sequential-thinking"],
    commands: ["mcp-server-sequential-thinking"],
    offset: 20,
    template: npx("@modelcontextprotocol/server-sequential-thinking"),
    isDefault: true,
    source: "measured, 2026.8.31: binds nothing over stdio; --port is ignored",
  },
  {
    name: "memory",
    packages: ["@modelcontextprotocol/server-memory"],
    commands: ["mcp-server-memory"],
    offset: 30,
    env: { MEMORY_FILE_PATH: "{sandbox}/.local/share/{entry}.jsonl" },
    hazards: [{
      kind: "shared-files",
      text: "keeps one file for all instances unless MEMORY_FILE_PATH is set",
    }],
    template: {
      ...npx("@modelcontextprotocol/server-memory"),
      env: { MEMORY_FILE_PATH: "{sandbox}/.local/share/memory.jsonl" },
    },
    isDefault: true,
    source: "measured, 2026.8.31: binds nothing over stdio; --port is ignored",
  },
  {
    name: "desktop-commander",
    packages: ["@wonderwhy-er/desktop-commander"],
    commands: ["desktop-commander"],
    offset: 40,
    hazards: [{
      kind: "shared-files",
      text: "keeps its settings in ~/.claude-server-commander, which instances with one home share",
    }],
    template: npx("@wonderwhy-er/desktop-commander"),
    source: "measured, 0.2.52: binds nothing over stdio; --port is ignored",
  },
  {
    name: "repl",
    packages: [],
    offset: 50,
    source: "specification: the port is reserved; npm has no such package",
  },
  {
    name: "playwright-mcp-server",
    packages: ["@executeautomation/playwright-mcp-server"],
    commands: ["playwright-mcp-server"],
    aliases: [
      "playwright",
      "executeautomation-playwright-mcp-server",
      "@executeautomation-playwright-mcp-server",
    ],
    offset: 60,
    hazards: [{
      kind: "leaves-stdio",
      text: "switches to HTTP with --port, and does not answer the app then",
      by: ["--port"],
    }],
    template: npx("@executeautomation/playwright-mcp-server"),
    source: "measured, 1.0.12: binds nothing over stdio; --port turns it to HTTP",
  },
];
