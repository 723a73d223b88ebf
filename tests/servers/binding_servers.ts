/**
 * Real MCP servers that bind ports over stdio, as data.
 *
 * @module
 */
import type { ServerPackage } from "./packages.ts";

/** What happens to a second server whose port was not moved. */
export type Untouched = "fails" | "has no port" | "takes the next";

/** A server that binds ports over stdio. */
export interface Binding extends ServerPackage {
  /** How many ports it opens. */
  readonly ports: number;
  /** Ports that it opens beside them and that no rule can move. */
  readonly fixed?: readonly number[];
  /** Whether it ends copies of itself that have not told of themselves yet: then one comes first. */
  readonly reaps?: true;
  /** What a second one does when neither port is moved. */
  readonly untouched: Untouched;
  /** What it does instead when the first, on a busy machine, answers it too late. */
  readonly whenLate?: Untouched;
}

/** Ten of them. */
export const servers: readonly Binding[] = [
  {
    name: "@agentdeskai/browser-tools-mcp",
    version: "2.0.2",
    file: "dist/index.js",
    ports: 1,
    untouched: "has no port",
    whenLate: "takes the next", // it gives the first 400 ms
  },
  {
    name: "@shinzolabs/gmail-mcp",
    version: "1.7.4",
    file: "dist/index.js",
    ports: 1,
    untouched: "fails",
  },
  {
    name: "agentation-mcp",
    version: "1.3.2",
    file: "dist/cli.js",
    args: ["server"],
    ports: 1,
    untouched: "has no port",
  },
  {
    name: "@mcp-b/webmcp-local-relay",
    version: "2.2.0",
    file: "dist/cli.js",
    ports: 1,
    untouched: "has no port",
  },
  {
    name: "@gethopp/figma-mcp-bridge",
    version: "0.0.22",
    file: "dist/index.js",
    ports: 1,
    untouched: "has no port",
  },
  {
    name: "figma-console-mcp",
    version: "1.40.4",
    file: "dist/local.js",
    reaps: true,
    ports: 1,
    untouched: "takes the next",
  },
  {
    name: "godot-mcp-server",
    version: "0.6.0",
    file: "dist/index.js",
    ports: 2,
    untouched: "has no port",
  },
  {
    name: "robloxstudio-mcp",
    version: "2.6.0",
    file: "dist/index.js",
    ports: 1,
    fixed: [3002],
    untouched: "takes the next",
  },
  {
    name: "mcp-excalidraw-server",
    version: "2.0.0",
    file: "dist/bin.js",
    ports: 1,
    untouched: "has no port",
  },
  {
    name: "mcp-shrimp-task-manager",
    version: "1.0.21",
    file: "dist/index.js",
    env: { ENABLE_GUI: "true", DATA_DIR: "{home}/{instance}-tasks", WEB_PORT: "7400" },
    ports: 1,
    untouched: "has no port",
  },
];
