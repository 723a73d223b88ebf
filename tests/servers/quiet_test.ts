import assert from "node:assert/strict";
import { join } from "node:path";
import { Home } from "../e2e/harness.ts";
import { entryOf, install, npxEntryOf, type ServerPackage } from "./packages.ts";
import { cannotPlay, play } from "./play.ts";

/** Servers that bind no port over stdio; `--port` would break most of them. */
const servers: readonly (ServerPackage & { readonly bin: string })[] = [
  {
    name: "@modelcontextprotocol/server-filesystem",
    version: "2026.8.31",
    file: "dist/index.js",
    args: ["{home}"],
    bin: "mcp-server-filesystem",
  },
  {
    name: "@modelcontextprotocol/server-sequential-thinking",
    version: "2026.8.31",
    file: "dist/index.js",
    bin: "mcp-server-sequential-thinking",
  },
  {
    name: "@modelcontextprotocol/server-memory",
    version: "2026.8.31",
    file: "dist/index.js",
    bin: "mcp-server-memory",
  },
  {
    name: "@modelcontextprotocol/server-everything",
    version: "2026.8.31",
    file: "dist/index.js",
    bin: "mcp-server-everything",
  },
  {
    name: "@wonderwhy-er/desktop-commander",
    version: "0.2.52",
    file: "dist/index.js",
    bin: "desktop-commander",
  },
  {
    name: "@executeautomation/playwright-mcp-server",
    version: "1.0.12",
    file: "dist/index.js",
    bin: "playwright-mcp-server",
  },
  { name: "@playwright/mcp", version: "0.0.83", file: "cli.js", bin: "playwright-mcp" },
];

const installed = await install(servers);

for (const one of installed) {
  const { name, version, bin, args = [] } = one.server as typeof servers[number];
  const fault = one.fault;
  Deno.test({
    name: fault === undefined
      ? `${name} ${version} answers with the config that cmgr wrote`
      : `${name} ${version} does not install any more: ${fault}`,
    ignore: cannotPlay || fault !== undefined,
    fn: async () => {
      await using home = await Home.create();
      const mcpServers = {
        "by node": entryOf(one, home.path, "one"),
        "by npx": npxEntryOf(one, home.path, "one"),
        "as a program": {
          command: join(one.folder, "node_modules", ".bin", bin),
          args: args.map((word) => word.replace("{home}", home.path)),
        },
      };
      await home.run(["create", "one", "--import", "-"], { stdin: JSON.stringify({ mcpServers }) });
      const { tools } = await home.json("tools", "--instance", "one");
      const rules = tools.map(({ rule }: { rule: string }) => rule);
      assert.equal(new Set(rules).size, 1, `all three are recognised alike: ${rules}`);
      assert.notEqual(rules[0], null);
      const written = (await home.readJson(home.config("one"))).mcpServers;
      // npx takes what is installed in the current folder.
      const starts = Object.keys(mcpServers).map((key) => ({ ...written[key], cwd: one.folder }));
      for (const { args, env } of starts) {
        assert(!args.some((word: string) => word.startsWith("--port")), "no --port is handed out");
        assert.match(env.MCP_PORT, /^\d+$/);
      }
      const came = await play({ starts, oneByOne: false, expected: 0 }, home.path);
      for (const [i, { tools, error, ports }] of came.entries()) {
        assert(tools !== null && tools > 0, `${Object.keys(mcpServers)[i]}: ${error}`);
        assert.deepEqual(ports, []);
      }
    },
  });
}

Deno.test({
  name: "all seven servers that bind no port were run",
  ignore: cannotPlay,
  fn: () => assert.deepEqual(installed.filter(({ fault }) => fault !== undefined), []),
});
