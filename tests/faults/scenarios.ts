/**
 * The commands that change state, each with what must hold however it was cut off.
 *
 * @module
 */
import { type Home, succeeded } from "../e2e/harness.ts";
import { runInProcess } from "./bounded.ts";

/** One command on a home. */
export interface Scenario {
  readonly name: string;
  /** The command line, or what makes it when the home is prepared. */
  readonly args: readonly string[] | ((home: Home) => Promise<readonly string[]>);
  readonly stdin?: string;
  /** Brings the home to where the command starts, from two instances `work` and `other`. */
  readonly before?: (home: Home) => Promise<void>;
  /** Exit codes of the command when it comes to its end; 0 when not given. */
  readonly ends?: readonly number[];
  /** Whether the registries are broken before it. */
  readonly isBroken?: true;
  /** Exit code of the repeated command when the first was cut off after it was done. */
  readonly doneAlready?: readonly number[];
  /** Whether the user asks for the files of `work` to be deleted. */
  readonly deletes?: boolean;
}

/** What a person has in the config of `work`: all of it must survive. */
export const ownConfig = `{
  "globalShortcut": "Alt+Space",
  "mcpServers": {
    "memory": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"] },
    "mine": {
      "command": "node",
      "args": ["/opt/mine.js"],
      "env": { "MCP_PORT": "5000", "KEY": "value" }
    }
  },
  "preferences": { "a": [1, 2,   3] }
}`;

async function ok(home: Home, ...args: string[]): Promise<string> {
  return succeeded(await runInProcess(home, args), args).stdout;
}

/** All commands. */
export const scenarios: readonly Scenario[] = [
  { name: "create", args: ["create", "new"], doneAlready: [4] },
  {
    name: "create --import",
    args: ["create", "new", "--import", "-"],
    stdin: ownConfig,
    doneAlready: [4],
  },
  { name: "remove", args: ["remove", "work", "--yes"], doneAlready: [3] },
  {
    name: "remove --purge",
    args: ["remove", "work", "--yes", "--purge"],
    doneAlready: [3],
    deletes: true,
  },
  {
    name: "restore",
    args: ["restore", "work"],
    before: async (home) => void await ok(home, "remove", "work", "--yes"),
    doneAlready: [3, 4],
  },
  {
    name: "mcp --ports after a change of settings",
    args: ["mcp", "work", "--ports"],
    before: async (home) => {
      const basePort = await home.basePort();
      await home.write(".cmgr/config.jsonc", JSON.stringify({ basePort, portRange: 150 }));
    },
  },
  {
    name: "mcp --reset-ports away from a range that others have",
    args: ["mcp", "work", "--reset-ports"],
    before: async (home) => {
      const basePort = await home.basePort();
      await home.write(".cmgr/config.jsonc", JSON.stringify({ basePort: basePort + 400 }));
    },
  },
  { name: "mcp --no-ports", args: ["mcp", "work", "--no-ports"] },
  {
    name: "import-config",
    args: ["import-config", "work", "-"],
    stdin: '{"mcpServers":{"extra":{"command":"x","env":{"MCP_PORT":"1"}}}}',
  },
  { name: "rename", args: ["rename", "work", "work2"], doneAlready: [3] },
  {
    name: "restore --as",
    args: ["restore", "work", "--as", "work2"],
    before: async (home) => void await ok(home, "remove", "work", "--yes"),
    doneAlready: [3, 4],
  },
  { name: "settings set", args: ["settings", "set", "-i", "work", "wayland", "true"] },
  { name: "clone", args: ["clone", "work", "new"], doneAlready: [4] },
  {
    name: "config --restore",
    before: async (home) => void await ok(home, "mcp", "work", "add", "late", "--", "x"),
    args: async (home) => {
      const { backups } = JSON.parse(await ok(home, "config", "work", "--history", "--json"));
      return ["config", "work", "--restore", backups[0].when];
    },
  },
  { name: "mcp add", args: ["mcp", "work", "add", "extra", "--", "x", "y"], doneAlready: [4] },
  {
    name: "mcp add of a server whose copies get ports",
    args: ["mcp", "work", "add", "gmail", "--", "npx", "@shinzolabs/gmail-mcp"],
    doneAlready: [4],
  },
  {
    name: "mcp --no-ports of a server whose copies have ports",
    args: ["mcp", "work", "--no-ports"],
    before: async (home) =>
      void await ok(home, "mcp", "work", "add", "gmail", "--", "npx", "@shinzolabs/gmail-mcp"),
  },
  {
    name: "mcp --pin",
    args: ["mcp", "work", "--pin", "memory=47531"],
  },
  { name: "share", args: ["share", "work", "--add", "/usr/share"] },
  {
    name: "trash --empty",
    args: ["trash", "--empty", "--yes"],
    before: async (home) => {
      await ok(home, "create", "old");
      await ok(home, "remove", "old", "--yes");
    },
  },
  {
    name: "doctor --fix of broken registries",
    args: ["doctor", "--fix"],
    before: async (home) => {
      await home.write(".cmgr/registry.json", "{");
      await home.write(".cmgr/port_registry.json", "[");
    },
    isBroken: true,
    // It still names what it cannot fix: commands that this machine lacks.
    ends: [0, 1],
  },
  { name: "mcp remove", args: ["mcp", "work", "remove", "memory"], doneAlready: [1, 2, 3] },
];

/**
 * The command line of a scenario.
 *
 * @param scenario The scenario
 * @param home Its home, prepared
 */
export async function argsOf({ args }: Scenario, home: Home): Promise<readonly string[]> {
  return typeof args === "function" ? await args(home) : args;
}
