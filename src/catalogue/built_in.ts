/**
 * What is known of MCP servers: data, with the source of each fact. "Measured" means that the
 * version was started as the app starts it (stdio, `initialize` and `tools/list`) and its ports
 * were checked. A server without a rule keeps its arguments.
 */
import type { Hazard, Rule } from "./rule.ts";
import { specTools } from "./spec_rules.ts";

/** Most packages install one program with the name of the package. */
function server(
  name: string,
  npmPackage: string,
  rule: Partial<Rule> & Pick<Rule, "source">,
): Rule {
  const program = npmPackage.replace(/^@[^/]*\//, "");
  return { name, packages: [npmPackage], commands: [program], ...rule };
}

function expectedAt(ports: string, peer: string): Hazard {
  const text = `is expected at ${ports} by its ${peer}, where another port must be set too`;
  return { kind: "peer-must-know", text };
}

/** Of several rules that match an entry, the first applies. */
export const catalogue: readonly Rule[] = [
  ...specTools,

  // Servers that bind a port
  server("browsermcp", "@browsermcp/mcp", {
    commands: ["mcp-server-browsermcp"],
    ports: [{ default: 9009 }],
    hazards: [{
      kind: "exclusive",
      text: "always takes port 9009 and kills whatever listens there",
    }],
    secondCopy: "kills the first",
    source: "measured, 0.1.3: binds 9009, no variable; --port exits 1; the second kills the first",
  }),
  server("browser-tools", "@agentdeskai/browser-tools-mcp", {
    ports: [{ default: 3025, variables: ["BROWSER_TOOLS_PORT"] }],
    env: { BROWSER_TOOLS_STATE_DIR: "{sandbox}/.local/state/{entry}" },
    hazards: [expectedAt("port 3025", "browser extension")],
    secondCopy: "attaches",
    source: "measured, 2.0.2 on Node 22: binds 3025; a second attaches itself to the first",
  }),
  server("gmail", "@shinzolabs/gmail-mcp", {
    ports: [{ default: 3000, variables: ["PORT", "AUTH_SERVER_PORT"] }],
    hazards: [{
      kind: "oauth-redirect",
      text:
        "uses its port in the redirect URL of its login; pin the port if that URL is registered",
    }],
    secondCopy: "exits",
    source: "measured, 1.7.4: binds 3000; a second exits 1 with EADDRINUSE; --port is ignored",
  }),
  server("agentation", "agentation-mcp", {
    ports: [{ default: 4747, flag: "--port", after: "server" }],
    hazards: [expectedAt("port 4747", "page toolbar")],
    secondCopy: "exits",
    source: "measured, 1.3.2: `server` binds 4747, moved by two words after `server`",
  }),
  server("webmcp-local-relay", "@mcp-b/webmcp-local-relay", {
    ports: [{ default: 9333, flag: "--port" }],
    secondCopy: "attaches",
    source: "measured, 2.2.0: binds 9333, moved by two words; a second attaches to the first",
  }),
  server("figma-bridge", "@gethopp/figma-mcp-bridge", {
    ports: [{ default: 1994, variables: ["FIGMA_BRIDGE_PORT"] }],
    hazards: [expectedAt("port 1994", "Figma plugin")],
    secondCopy: "attaches",
    source: "measured, 0.0.22: binds 1994; a second attaches itself to the first",
  }),
  server("figma-console", "figma-console-mcp", {
    ports: [{ default: 9223, variables: ["FIGMA_WS_PORT"] }],
    hazards: [{
      kind: "ends-copies",
      text: "ends copies of itself that have not registered yet",
    }, expectedAt("ports 9223 to 9232", "Figma plugin")],
    secondCopy: "takes next port",
    source: "measured, 1.40.4: binds 9223, or the first free of the nine that follow",
  }),
  server("godot", "godot-mcp-server", {
    ports: [
      { default: 6505, variables: ["GODOT_MCP_PORT"] },
      { default: 6506, variables: ["GODOT_MCP_HTTP_PORT"] },
    ],
    hazards: [expectedAt("port 6505", "Godot plugin")],
    secondCopy: "attaches",
    source: "measured, 0.6.0: binds 6505 and 6506; a second attaches itself to the first",
  }),
  server("robloxstudio", "robloxstudio-mcp", {
    ports: [{ default: 58741, variables: ["ROBLOX_STUDIO_PORT"] }, { default: 3002 }],
    hazards: [{
      kind: "immovable",
      text: "also uses port 3002 for old plugins, if it is free",
    }, expectedAt("port 58741", "Studio plugin")],
    source: "measured, 2.6.0: binds 58741 and 3002; read: a 3002 that is taken is left alone",
  }),
  server("excalidraw", "mcp-excalidraw-server", {
    ports: [{
      default: 3000,
      variables: ["EXPRESS_SERVER_URL"],
      value: "http://127.0.0.1:{port}",
    }],
    hazards: [{
      kind: "outlives-client",
      text: "starts a canvas server that keeps running after the app has ended",
    }],
    source: "measured, 2.0.0: a detached child binds 3000 and stays; --port exits 2",
  }),
  server("shrimp-task-manager", "mcp-shrimp-task-manager", {
    ports: [{ variables: ["WEB_PORT"], isOccasional: true }],
    source: "measured, 1.0.21: binds only with ENABLE_GUI=true; a taken WEB_PORT: no dashboard",
  }),
  server("spec-workflow", "@pimzino/spec-workflow-mcp", {
    packages: ["@pimzino/spec-workflow-mcp", "spec-workflow-mcp"],
    ports: [{ flag: "--port", after: "--AutoStartDashboard", isOccasional: true }],
    source: "read in its documentation: a dashboard with --AutoStartDashboard, moved by --port N",
  }),
  server("mcp-remote", "mcp-remote", {
    ports: [{ positional: 1, onlyPinned: true, isOccasional: true }],
    hazards: [{
      kind: "oauth-redirect",
      text: "uses its port in the redirect URL of its login; the port moves only when it is pinned",
    }],
    source: "measured, 0.15.1: binds only while logging in, a hash of the URL in 3335-49150",
  }),
  server("next-ai-drawio", "@next-ai-drawio/mcp-server", {
    commands: ["next-ai-drawio-mcp"],
    ports: [{ default: 6002, variables: ["PORT"], isOccasional: true }],
    secondCopy: "takes next port",
    source: "measured, 0.2.3: binds 6002 when `start_session` is called, moved by PORT",
  }),
  server("strava", "@r-huijts/strava-mcp-server", {
    ports: [{ default: 8111, isOccasional: true }],
    hazards: [{ kind: "immovable", text: "always takes port 8111 for its login" }],
    source: "measured, 1.2.1: binds 8111 when `connect-strava` is called; no variable in its files",
  }),
  server("slashvibe", "slashvibe-mcp", {
    ports: [{ default: 9876, isOccasional: true }],
    hazards: [{ kind: "immovable", text: "always takes port 9876 for its login" }],
    source: "measured, 0.4.10: binds 9876 when `vibe_init` is called; no variable in its files",
  }),
  server("domshell", "@apireno/domshell", {
    ports: [
      { default: 9876, variables: ["DOMSHELL_WS_PORT"], isOccasional: true },
      { default: 3001, variables: ["DOMSHELL_MCP_PORT"], isOccasional: true },
    ],
    source: "measured, 2.0.10: binds 9876 and 3001 and speaks HTTP; its stdio proxy binds nothing",
  }),
  server("inspector", "@modelcontextprotocol/inspector", {
    commands: ["mcp-inspector"],
    ports: [
      { default: 6274, variables: ["CLIENT_PORT"] },
      { default: 6277, variables: ["SERVER_PORT"] },
    ],
    source: "measured: a page on 6274 and a proxy on 6277; no server, but found among them",
  }),

  // Servers that bind nothing over stdio, known so that none of them is given a port
  server("playwright-mcp", "@playwright/mcp", {
    commands: ["playwright-mcp", "mcp-server-playwright"],
    hazards: [{
      kind: "leaves-stdio",
      text: "switches to HTTP with --port or PLAYWRIGHT_MCP_PORT, and does not answer the app then",
      by: ["--port", "PLAYWRIGHT_MCP_PORT"],
    }],
    source: "measured, 0.0.83: binds nothing over stdio; --port turns it to HTTP",
  }),
  server("everything", "@modelcontextprotocol/server-everything", {
    commands: ["mcp-server-everything"],
    hazards: [{
      kind: "leaves-stdio",
      text: "exits with --port, which it reads as a transport",
      by: ["--port"],
    }],
    source: "measured, 2026.8.31: binds nothing over stdio (3001 over HTTP); --port exits 1",
  }),
  server("figma-developer", "figma-developer-mcp", {
    source: "measured, 0.13.2 with --stdio: binds nothing; --port is ignored",
  }),
  server("chrome-devtools", "chrome-devtools-mcp", {
    source: "measured, 1.11: binds nothing over stdio; --port is ignored",
  }),
  server("task-master", "task-master-ai", {
    commands: ["task-master-ai", "task-master-mcp"],
    source: "measured, 0.43: binds nothing over stdio; --port is ignored",
  }),
  server("coding-solo-godot", "@coding-solo/godot-mcp", {
    source: "measured, 0.1.1: binds nothing over stdio; --port is ignored",
  }),
  server("context7", "@upstash/context7-mcp", {
    hazards: [{ kind: "leaves-stdio", text: "exits with --port", by: ["--port"] }],
    source: "measured, 4.1.1: binds nothing over stdio; --port exits 1",
  }),
  server("slack", "slack-mcp-server", {
    hazards: [{ kind: "leaves-stdio", text: "exits with --port, an unknown flag", by: ["--port"] }],
    source: "measured, 1.3.0: binds nothing over stdio; --port exits",
  }),
];
