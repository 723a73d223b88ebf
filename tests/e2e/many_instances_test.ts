import assert from "node:assert/strict";
import { Home } from "./harness.ts";

const count = 40;
const known = ".cmgr/known_configs.json";

/** A home with many instances, each with one server. */
async function manyInstances(): Promise<Home> {
  const home = await Home.create();
  const names = Array.from({ length: count }, (_, i) => `instance-${i}`);
  const instances = Object.fromEntries(names.map((name) => [name, { name }]));
  await home.write(".cmgr/registry.json", JSON.stringify({ version: 1, instances }));
  await home.write(".cmgr/port_registry.json", JSON.stringify({ allocated_ports: {} }));
  for (const name of names) await home.write(home.config(name), configOf("server"));
  return home;
}

function configOf(server: string, word = "--token=sesame"): string {
  return JSON.stringify({ mcpServers: { [server]: { command: "x", args: [word] } } });
}

/** Lists until what is known of the configs is kept: it must have been a while since they changed. */
async function listUntilKnown(home: Home) {
  for (const end = performance.now() + 60_000; performance.now() < end;) {
    const listed = await home.json("list");
    if (await home.read(known).then(() => true, () => false)) return listed;
  }
  assert.fail("nothing is kept");
}

Deno.test("of many instances a list keeps what it learned, and says the same as before", async () => {
  await using home = await manyInstances();
  const before = await home.json("list");
  assert.equal(before.instances.length, count);
  assert.ok(before.instances.every((one: { servers: number }) => one.servers === 1));
  assert.deepEqual(await listUntilKnown(home), before);
  assert.deepEqual(await home.json("list"), before);
  assert.equal((await Deno.stat(home.at(known))).mode! & 0o777, 0o600);
  assert.doesNotMatch(await home.read(known), /sesame|server/, "nothing of what configs say");
});

Deno.test("a config that changes in whatever way is read again", async () => {
  await using home = await manyInstances();
  await listUntilKnown(home);
  const path = (number: number) => home.at(home.config(`instance-${number}`));
  // In place, as long as before, and with its old time put back.
  const { mtime, size } = await Deno.stat(path(3));
  const two = '{"mcpServers":{"a":{"command":""},"b":{"url":""}}}';
  await Deno.writeTextFile(path(3), two.padEnd(size));
  await Deno.utime(path(3), mtime!, mtime!);
  await Deno.remove(path(4));
  await Deno.writeTextFile(path(5), "{");
  await Deno.remove(path(6));
  await Deno.symlink(path(7), path(6));
  await Deno.writeTextFile(path(8), configOf("server", home.at("precious")));
  const { instances } = await home.json("list");
  const of = (number: number) =>
    instances.find((one: { instance: string }) => one.instance === `instance-${number}`);
  assert.equal(of(3).servers, 2);
  assert.equal(of(4).servers, 0);
  assert.equal(of(5).servers, null);
  assert.match(of(5).warnings[0], /not valid JSON/);
  assert.match(of(6).warnings[0], /symbolic link/);
  assert.equal(of(8).servers, 1);
  assert.deepEqual([of(7).servers, of(7).warnings], [1, []]);
});

function withNames(values: unknown[]): Record<string, unknown> {
  return Object.fromEntries(values.map((value, i) => [`instance-${i + 1}`, value]));
}

Deno.test("what is kept of configs may be broken, or missing, and the list is the same", async () => {
  await using home = await manyInstances();
  const before = await listUntilKnown(home);
  const { of, configs } = JSON.parse(await home.read(known));
  const odd = [null, 9, "x", {}, [], configs["instance-6"].slice(0, -1)];
  const broken = JSON.stringify({ of, configs: { ...configs, ...withNames(odd) } });
  const strange = '{"of":"x","configs":{"instance-1":[1,2,3,4,9]}}';
  for (const content of ["", "{", "[]", "null", JSON.stringify({ of }), strange, broken]) {
    await home.write(known, content);
    assert.deepEqual(await home.json("list"), before, content);
  }
  await Deno.remove(home.at(known));
  await Deno.mkdir(home.at(known));
  assert.deepEqual(await home.json("list"), before);
});

Deno.test("rules of the user's own decide anew what to warn of", async () => {
  await using home = await manyInstances();
  const before = await listUntilKnown(home);
  await home.write(
    ".cmgr/tools.jsonc",
    JSON.stringify({
      tools: {
        mine: { keys: ["server"], hazards: [{ kind: "exclusive", text: "ends its like" }] },
      },
    }),
  );
  const { instances } = await home.json("list");
  assert.ok(
    instances.every((one: { warnings: string[] }) => /ends its like/.test(one.warnings[0])),
  );
  await Deno.remove(home.at(".cmgr/tools.jsonc"));
  assert.deepEqual(await home.json("list"), before);
});
