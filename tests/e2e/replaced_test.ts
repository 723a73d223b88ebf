import assert from "node:assert/strict";
import { Home, succeeded } from "./harness.ts";

const file = ".cmgr/replaced/work.json";
const registry = ".cmgr/port_registry.json";

/** A config in which a server has a port of its own, which cmgr replaces. */
const ownConfig = `{
  "mcpServers": {
    "mine": { "command": "node", "args": ["/opt/mine.js"], "env": { "MCP_PORT": "5000" } }
  }
}
`;

async function homeWithReplaced(): Promise<Home> {
  const home = await Home.create();
  succeeded(await home.run(["create", "work", "--import", "-"], { stdin: ownConfig }));
  assert.notEqual(await home.read(home.config("work")), ownConfig);
  return home;
}

Deno.test("replaced values of a config are in a file of their own, as long as they are replaced", async () => {
  await using home = await homeWithReplaced();
  const { servers } = await home.readJson(file);
  assert.equal(servers.mine.env.MCP_PORT.was, '"5000"');
  assert.doesNotMatch(await home.read(registry), /\b5000\b/);
  await home.ok("mcp", "work", "--no-ports");
  assert.equal(await home.read(home.config("work")), ownConfig);
  await assert.rejects(home.read(file), Deno.errors.NotFound);
});

Deno.test("what version 0.1 replaced, and kept in the port registry, comes back", async () => {
  await using home = await homeWithReplaced();
  const { servers } = await home.readJson(file);
  await Deno.remove(home.at(".cmgr/replaced"), { recursive: true });
  const ports = await home.readJson(registry);
  await home.write(registry, JSON.stringify({ ...ports, replaced: { work: servers } }));

  await home.ok("clone", "work", "copy");
  assert.equal((await home.readJson(registry)).replaced, undefined);
  assert.deepEqual((await home.readJson(file)).servers, servers);
  for (const name of ["work", "copy"]) {
    await home.ok("mcp", name, "--no-ports");
    assert.equal(await home.read(home.config(name)), ownConfig);
  }
});

Deno.test("what version 0.1 replaced in an instance that it removed comes back with it", async () => {
  await using home = await homeWithReplaced();
  const { trash } = await home.json("remove", "work", "--yes");
  await assert.rejects(home.read(file), Deno.errors.NotFound);
  const record = `.cmgr/trash/${trash}/record.json`;
  const { replaced, ports, ...rest } = await home.readJson(record);
  await home.write(record, JSON.stringify({ ...rest, ports: { ...ports, replaced } }));

  await home.ok("restore", "work");
  await home.ok("mcp", "work", "--no-ports");
  assert.equal(await home.read(home.config("work")), ownConfig);
});

Deno.test("a damaged file of what was replaced is left alone, and doctor --fix rebuilds it", async () => {
  await using home = await homeWithReplaced();
  await home.write(file, "{");
  const before = await home.read(home.config("work"));
  for (const args of [["mcp", "work", "--no-ports"], ["clone", "work", "copy"]]) {
    assert.match(await home.fails(6, args), /replaced\/work\.json/);
  }
  assert.equal(await home.read(file), "{");
  assert.equal(await home.read(home.config("work")), before);
  assert.equal((await home.json("status", "work")).status, "stopped");

  const { fixed } = JSON.parse((await home.run(["doctor", "--fix", "--json"])).stdout);
  assert.match(fixed[0], /^Rebuilt .*work\.json from the config; the old file is kept as/);
  await home.ok("mcp", "work", "--no-ports");
  const { mcpServers } = await home.readJson(home.config("work"));
  assert.deepEqual(mcpServers.mine, { command: "node", args: ["/opt/mine.js"], env: {} });
});

Deno.test("where the port registry is lost, doctor --fix loses nothing of what was replaced", async () => {
  await using home = await homeWithReplaced();
  await Deno.remove(home.at(registry));
  await home.run(["doctor", "--fix"]);
  await home.ok("mcp", "work", "--no-ports");
  assert.equal(await home.read(home.config("work")), ownConfig);
});

Deno.test("doctor --fix removes replaced values of no instance, and keeps a copy", async () => {
  await using home = await homeWithReplaced();
  await home.write(".cmgr/replaced/ghost.json", '{"servers":{}}');
  await home.run(["doctor", "--fix"]);
  await assert.rejects(home.read(".cmgr/replaced/ghost.json"), Deno.errors.NotFound);
  const kept = [...Deno.readDirSync(home.at(".cmgr/repairs"))].map(({ name }) => name);
  assert.ok(kept.some((name) => name.endsWith("-ghost.json")), kept.join());
  await home.read(file);
});
