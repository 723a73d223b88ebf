/** Servers that bind nothing over stdio, known so that none of them is given a port. */
import type { Rule } from "./rule.ts";

export const quietRules: readonly Rule[] = [
  {
    name: "playwright-mcp",
    packages: ["@playwright/mcp"],
    commands: ["playwright-mcp", "mcp-server-playwright"],
    hazards: [{
      kind: "leaves-stdio",
      text: "switches to HTTP with --port or PLAYWRIGHT_MCP_PORT, and does not answer the app then",
      by: ["--port", "PLAYWRIGHT_MCP_PORT"],
    }],
    source: "measured, 0.0.83: binds nothing over stdio; --port turns it to HTTP",
  },
  {
    name: "everything",
    packages: ["@modelcontextprotocol/server-everything"],
    commands: ["mcp-server-everything"],
    hazards: [{
      kind: "leaves-stdio",
      text: "exits with --port, which it reads as a transport",
      by: ["--port"],
    }],
    source: "measured, 2026.8.31: binds nothing over stdio (3001 over HTTP); --port exits 1",
  },
  {
    name: "figma-developer",
    packages: ["figma-developer-mcp"],
    commands: ["figma-developer-mcp"],
    source: "measured, 0.13.2 with --stdio: binds nothing; --port is ignored",
  },
  {
    name: "chrome-devtools",
    packages: ["chrome-devtools-mcp"],
    commands: ["chrome-devtools-mcp"],
    source: "measured, 1.11: binds nothing over stdio; --port is ignored",
  },
  {
    name: "task-master",
    packages: ["task-master-ai"],
    commands: ["task-master-ai", "task-master-mcp"],
    source: "measured, 0.43: binds nothing over stdio; --port is ignored",
  },
  {
    name: "coding-solo-godot",
    packages: ["@coding-solo/godot-mcp"],
    commands: ["godot-mcp"],
    source: "measured, 0.1.1: binds nothing over stdio; --port is ignored",
  },
  {
    name: "context7",
    packages: ["@upstash/context7-mcp"],
    commands: ["context7-mcp"],
    hazards: [{ kind: "leaves-stdio", text: "exits with --port", by: ["--port"] }],
    source: "measured, 4.1.1: binds nothing over stdio; --port exits 1",
  },
  {
    name: "slack",
    packages: ["slack-mcp-server"],
    commands: ["slack-mcp-server"],
    hazards: [{ kind: "leaves-stdio", text: "exits with --port, an unknown flag", by: ["--port"] }],
    source: "measured, 1.3.0: binds nothing over stdio; --port exits",
  },
];
