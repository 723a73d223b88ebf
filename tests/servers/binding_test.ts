import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { isMissing } from "../programs.ts";
import { type Binding, servers } from "./binding_servers.ts";
import { entryOf, install, type Installed, npxEntryOf } from "./packages.ts";
import { cannotPlay, play } from "./play.ts";
import type { Start } from "./scenario.ts";

const installed = await install(servers);

for (const one of installed) {
  const server = one.server as Binding;
  const named = `${server.name} ${server.version}`;
  const fault = one.fault;
  Deno.test({
    name: fault === undefined
      ? `two instances run ${named} at once, each within its own range`
      : `${named} does not install any more: ${fault}`,
    ignore: cannotPlay || fault !== undefined,
    fn: () => runsInTwo(one, server),
  });
}

Deno.test({
  name: "at least eight servers that bind a port were run",
  ignore: cannotPlay,
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
  const came = await play(
    { starts, oneByOne: server.reaps === true, expected: server.ports },
    home.path,
  );
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

const [browser] = await install([
  { name: "@browsermcp/mcp", version: "0.1.3", file: "dist/index.js" },
]);

Deno.test({
  name: browser.fault === undefined
    ? "a second @browsermcp/mcp 0.1.3 takes port 9009 from the first, as cmgr warns"
    : `@browsermcp/mcp 0.1.3 does not install any more: ${browser.fault}`,
  // It finds whom to kill by lsof.
  ignore: isMissing("lsof", "lsof") || cannotPlay || browser.fault !== undefined,
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
