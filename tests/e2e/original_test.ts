import assert from "node:assert/strict";
import { Home } from "./harness.ts";

/** Files as the bash program writes them. */
async function originalHome(ports: Record<string, number>): Promise<Home> {
  const home = await Home.create();
  const instances = Object.fromEntries(
    Object.keys(ports).map((name) => [name, {
      name,
      sandbox_path: home.at("sandboxes", name),
      created_date: "2025-04-01T10:00:00+02:00",
      build_format: "deb",
      running: true,
    }]),
  );
  await home.write(".cmgr/registry.json", JSON.stringify({ instances }));
  await home.write(".cmgr/port_registry.json", JSON.stringify({ allocated_ports: ports }));
  for (const name of Object.keys(ports)) {
    await home.write(
      home.config(name),
      `{"mcpServers":{"memory":{"command":"npx","args":["x"],"env":{"MCP_PORT":"${
        ports[name] + 30
      }","MCP_SERVER_PORT":"${ports[name] + 30}","MCP_BASE_PORT":"${
        ports[name]
      }","CLAUDE_INSTANCE":"${name}"}}}}`,
    );
  }
  return home;
}

Deno.test("the original's registries are read as they are, and instances keep their ports", async () => {
  await using home = await originalHome({ work: 9100, home: 9200 });
  const before = await home.snapshot();
  const { instances } = await home.json("list");
  assert.deepEqual(
    instances.map((
      one: { instance: string; status: string; range: unknown; ports: Record<string, number> },
    ) => [one.instance, one.status, one.range, one.ports.memory]),
    [
      ["home", "stopped", { base: 9200, size: 100 }, 9230],
      ["work", "stopped", { base: 9100, size: 100 }, 9130],
    ],
  );
  assert.deepEqual(await home.snapshot(), before, "looking changes nothing");
});

Deno.test("what cmgr writes is readable as the original reads it", async () => {
  await using home = await originalHome({ work: 9100 });
  const { range } = await home.json("create", "new");
  const { allocated_ports } = await home.readJson(".cmgr/port_registry.json");
  assert.deepEqual(allocated_ports, { work: 9100, new: range.base });
  const { instances } = await home.readJson(".cmgr/registry.json");
  assert.deepEqual(Object.keys(instances.new).sort(), [
    "created_date",
    "name",
    "running",
    "sandbox_path",
  ]);
  assert.equal(instances.work.build_format, "deb", "fields that cmgr does not use are kept");
  assert.equal(instances.work.created_date, "2025-04-01T10:00:00+02:00");
});

Deno.test("two instances that the original gave one range are separated by --ports", async () => {
  await using home = await originalHome({ work: 9100, home: 9100 });
  await home.ok("mcp", "work", "--ports");
  const { instances } = await home.json("list");
  const bases = instances.map((one: { range: { base: number } }) => one.range.base);
  assert.equal(new Set(bases).size, 2);
});

Deno.test("fields beside ours in either registry survive every change", async () => {
  await using home = await Home.create();
  await home.write(".cmgr/registry.json", '{"instances":{},"theme":"dark"}');
  await home.write(".cmgr/port_registry.json", '{"allocated_ports":{},"note":[1,2]}');
  await home.ok("create", "work");
  assert.equal((await home.readJson(".cmgr/registry.json")).theme, "dark");
  assert.deepEqual((await home.readJson(".cmgr/port_registry.json")).note, [1, 2]);
});
