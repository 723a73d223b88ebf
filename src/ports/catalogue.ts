/**
 * What is known of MCP servers: how each is recognised, where its port lies, and how `create`
 * writes it. Rules are data; a server without a rule keeps its arguments untouched.
 *
 * @module
 */

/** How `create --tools` writes a server into a new config. */
export interface Template {
  /** Program that starts it. */
  readonly command: string;
  /** Arguments; `{sandbox}` stands for the instance's folder. */
  readonly args: readonly string[];
  /** Variables; `{sandbox}` stands for the instance's folder. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What is known of one MCP server. */
export interface Rule {
  /** Name of the tool in the registry and in `--tools`. */
  readonly name: string;
  /** npm packages that are this server. */
  readonly packages: readonly string[];
  /** Other names that people give its entry. */
  readonly aliases?: readonly string[];
  /** Fixed place in every range; only the six tools of the specification have one. */
  readonly offset?: number;
  /** How a new config names it; without one, no package is known to start. */
  readonly template?: Template;
  /** Whether `create` writes it when nothing is asked for. */
  readonly isDefault?: boolean;
  /** Where the facts come from. */
  readonly source: string;
}

/** All rules. */
export const catalogue: readonly Rule[] = [
  {
    name: "filesystem",
    packages: ["@modelcontextprotocol/server-filesystem"],
    offset: 10,
    template: {
      command: "npx",
      args: ["-y", "@modelcontextprotocol/server-filesystem", "{sandbox}/Documents"],
    },
    isDefault: true,
    source: "measured, 2026.8.31: binds nothing over stdio; --port becomes a directory",
  },
  {
    name: "sequential-thinking",
    packages: ["@modelcontextprotocol/server-sequential-thinking"],
    offset: 20,
    template: {
      command: "npx",
      args: ["-y", "@modelcontextprotocol/server-sequential-thinking"],
    },
    isDefault: true,
    source: "measured, 2026.8.31: binds nothing over stdio; --port is ignored",
  },
  {
    name: "memory",
    packages: ["@modelcontextprotocol/server-memory"],
    offset: 30,
    template: {
      command: "npx",
      args: ["-y", "@modelcontextprotocol/server-memory"],
      env: { MEMORY_FILE_PATH: "{sandbox}/.local/share/memory.jsonl" },
    },
    isDefault: true,
    source: "measured, 2026.8.31: binds nothing over stdio; shares one file without its variable",
  },
  {
    name: "desktop-commander",
    packages: ["@wonderwhy-er/desktop-commander"],
    offset: 40,
    template: { command: "npx", args: ["-y", "@wonderwhy-er/desktop-commander"] },
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
    aliases: [
      "playwright",
      "executeautomation-playwright-mcp-server",
      "@executeautomation-playwright-mcp-server",
    ],
    offset: 60,
    template: { command: "npx", args: ["-y", "@executeautomation/playwright-mcp-server"] },
    source: "measured, 1.0.12: binds nothing over stdio; --port or PORT turns it to HTTP",
  },
];

/** Ports that are never handed out, with the reason. */
export const forbiddenPorts: ReadonlyMap<number, string> = new Map([
  [9009, "@browsermcp/mcp kills whatever listens there"],
  [9222, "Chromium's remote debugger listens there"],
  [9229, "Node's inspector listens there"],
]);

/** Ports after its own that belong to each of the six, for the app's second copy of a server. */
export const sparePorts = 9;

/** A tool whose place in every range the specification fixes. */
export type SpecTool = Rule & { readonly offset: number };

/** The six tools of the specification. */
export const specTools: readonly SpecTool[] = catalogue.filter(
  (rule): rule is SpecTool => rule.offset !== undefined,
);

/**
 * The rule of that name.
 *
 * @param name Name of a tool
 * @param rules The rules to look in
 */
export function ruleNamed(name: string, rules: readonly Rule[] = catalogue): Rule | undefined {
  return rules.find((rule) => rule.name === name);
}
