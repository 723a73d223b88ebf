import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { isMissing } from "../programs.ts";
import { entryOf, install, type Installed, npxEntryOf, type ServerPackage } from "./packages.ts";
import { type Came, play, type Scenario, type Start } from "./scenario.ts";

/** A server that binds ports over stdio. */
interface Binding extends ServerPackage {
  /** How many ports it opens. */
  readonly ports: number;
  /** Ports that it opens beside them and that no rule can move. */
  readonly fixed?: readonly number[];
  /** Whether it ends copies of itself that have not told of themselves yet: then one comes first. */
  readonly reaps?: true;
  /** What a second one does when nobody moves either. */
  readonly untouched: "fails" | "has no port" | "takes the next";
}

const servers: readonly Binding[] = [
  {
    name: "@agentdeskai/browser-tools-mcp",
    version: "2.0.2",
    file: "dist/index.js",
    ports: 1,
    untouched: "has no port",
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

const lacksBubblewrap = isMissing("bwrap", "bubblewrap");
const installed = lacksBubblewrap ? [] : await install(servers);

for (const one of installed) {
  const server = one.server as Binding;
  const named = `${server.name} ${server.version}`;
  const fault = one.fault;
  Deno.test({
    name: fault === undefined
      ? `two instances run ${named} at once, each within its own range`
      : `${named} does not install any more: ${fault}`,
    ignore: fault !== undefined,
    fn: () => runsInTwo(one, server),
  });
  Deno.test({
    name: `two of ${named} as nobody has moved them are no good: the second ${server.untouched}`,
    ignore: fault !== undefined,
    fn: () => failsUntouched(one, server),
  });
}

Deno.test({
  name: "at least eight servers that bind a port were run",
  ignore: lacksBubblewrap,
  fn: () => assert(installed.filter(({ fault }) => fault === undefined).length >= 8),
});

async function runsInTwo(one: Installed, server: Binding): Promise<void> {
  await using home = await Home.create();
  const ranges: [number, number][] = [];
  const starts: Start[] = [];
  // Once by node and once by npx, which must be given its arguments behind the package.
  for (const [instance, entry] of [["one", entryOf], ["two", npxEntryOf]] as const) {
    const config = JSON.stringify({ mcpServers: { it: entry(one, home.path, instance) } });
    const ran = await home.run(["create", instance, "--import", "-", "--json"], { stdin: config });
    const { range } = JSON.parse(ran.stdout);
    ranges.push([range.base, range.base + range.size - 1]);
    const { it } = (await home.readJson(home.config(instance))).mcpServers;
    // What notes its copies in /tmp, by pid, must not read notes of another pid namespace.
    const own = server.reaps ? { TMPDIR: home.at("sandboxes", instance, ".tmp") } : {};
    starts.push({ ...it, env: { ...it.env, ...own }, cwd: one.folder });
  }
  const came = await play(scenarioOf(starts, server, server.reaps === true), home.path);
  const open = came.map(({ ports }) => ports.filter((port) => !server.fixed?.includes(port)));
  for (const [i, [first, last]] of ranges.entries()) {
    assert.notEqual(came[i].tools, null, `${came[i].error}`);
    assert.notEqual(came[i].tools, 0);
    assert.equal(open[i].length, server.ports, `ports of instance ${i}: ${came[i].ports}`);
    for (const port of open[i]) {
      assert(port >= first && port <= last, `port ${port} lies outside ${first}-${last}`);
    }
  }
}

async function failsUntouched(one: Installed, server: Binding): Promise<void> {
  await using home = await Home.create();
  const own: Record<string, string> = server.reaps ? { TMPDIR: home.path } : {};
  const starts = ["one", "two"].map((instance) => {
    const entry = entryOf(one, home.path, instance);
    return { ...entry, env: { ...entry.env, ...own } };
  });
  const came = await play(scenarioOf(starts, server, true), home.path);
  assert.notEqual(came[0].tools, null, `${came[0].error}`);
  assert.equal(whatCame(came), server.untouched, JSON.stringify(came));
}

function whatCame([first, second]: readonly Came[]): Binding["untouched"] | "fits" {
  if (second.tools === null) return "fails";
  if (second.ports.length === 0) return "has no port";
  const [next] = second.ports;
  return first.ports.some((port) => next > port && next < port + 10) ? "takes the next" : "fits";
}

function scenarioOf(
  starts: readonly Start[],
  server: Binding,
  oneByOne: boolean,
): Scenario {
  return { starts, oneByOne, expected: server.ports };
}

const [browser] = lacksBubblewrap
  ? []
  : await install([{ name: "@browsermcp/mcp", version: "0.1.3", file: "dist/index.js" }]);

Deno.test({
  name: browser?.fault === undefined
    ? "a second @browsermcp/mcp 0.1.3 takes port 9009 from the first, as cmgr warns"
    : `@browsermcp/mcp 0.1.3 does not install any more: ${browser.fault}`,
  // It finds whom to kill by lsof.
  ignore: browser?.fault !== undefined || lacksBubblewrap || isMissing("lsof", "lsof"),
  fn: async () => {
    await using home = await Home.create();
    const starts: Start[] = [];
    const warnings: string[] = [];
    for (const instance of ["one", "two"]) {
      const mcpServers = { it: entryOf(browser, home.path, instance) };
      const stdin = JSON.stringify({ mcpServers });
      const ran = await home.run(["create", instance, "--import", "-", "--json"], { stdin });
      // Where the packages lie is another matter, and another warning.
      const said: string[] = JSON.parse(ran.stdout).warnings;
      warnings.push(...said.filter((warning) => warning.includes("ends the others")));
      starts.push((await home.readJson(home.config(instance))).mcpServers.it);
    }
    assert.equal(warnings.length, 1);
    const [first, second] = await play({ starts, oneByOne: true, expected: 1 }, home.path);
    assert.notEqual(first.tools, null, "the first had answered before the second came");
    assert.deepEqual([first.ports, second.ports], [[], [9009]]);
  },
});
