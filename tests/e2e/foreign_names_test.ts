import assert from "node:assert/strict";
import { Home } from "./harness.ts";

const odd = ["..", ".", "../registry", "a/b", "", "-x", "a b", "con", "__proto__", "\u202eab"];

Deno.test("names of another program's that lead elsewhere are not used, and are kept", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const registry = await home.readJson(".cmgr/registry.json");
  const misnamed = odd.map((name) => [name, { ...registry.instances.work, name }]);
  registry.instances = { ...registry.instances, ...Object.fromEntries(misnamed) };
  await home.write(".cmgr/registry.json", JSON.stringify(registry));
  await home.ok("create", "other");
  const names = (await home.json("list")).instances.map((one: { instance: string }) =>
    one.instance
  );
  assert.deepEqual(names, ["other", "work"]);
  for (const command of [["status"], ["ports"], ["trash"], ["doctor"]]) {
    const { code } = await home.run(command);
    assert.ok(code < 70, `${command}: ${code}`);
  }
  const { instances } = await home.readJson(".cmgr/registry.json");
  assert.deepEqual(Object.keys(instances).sort(), ["other", "work", ...odd].sort());

  assert.match(await home.ok("doctor"), /entry "\.\.", which is not a valid instance name/);
  await home.ok("doctor", "--fix");
  const fixed = await home.readJson(".cmgr/registry.json");
  assert.deepEqual(Object.keys(fixed.instances).sort(), ["other", "work"]);
});

Deno.test("a port registry whose names lead elsewhere has no file of cmgr's deleted or written", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const ports = await home.readJson(".cmgr/port_registry.json");
  ports.allocated_ports["../registry"] = 40_000;
  ports.allocated_ports[".."] = 40_100;
  ports.replaced = { "../registry": { mine: { env: {} } }, "../../x": { mine: { env: {} } } };
  await home.write(".cmgr/port_registry.json", JSON.stringify(ports));
  const before = await home.read(".cmgr/registry.json");
  await home.ok("doctor", "--fix");
  await home.ok("mcp", "work", "--reset-ports");
  assert.equal(await home.read(".cmgr/registry.json"), before);
  await assert.rejects(Deno.lstat(home.at("x.json")), Deno.errors.NotFound);
});

Deno.test("a record in the trash with a name that leads elsewhere cannot be read", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.ok("remove", "work", "--yes");
  const [{ id }] = (await home.json("trash")).trash;
  const record = await home.readJson(`.cmgr/trash/${id}/record.json`);
  await home.write(`.cmgr/trash/${id}/record.json`, JSON.stringify({ ...record, name: ".." }));
  assert.equal((await home.json("trash")).trash[0].instance, null);
  await home.ok("doctor");
});
