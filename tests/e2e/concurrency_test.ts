import assert from "node:assert/strict";
import { overlaps } from "../../src/ports/layout.ts";
import { Home } from "./harness.ts";

const count = 30;

Deno.test("30 creates of different names at once all succeed with 30 different ranges", async () => {
  await using home = await Home.create();
  const names = Array.from({ length: count }, (_, i) => `instance-${i}`);
  const runs = await Promise.all(names.map((name) => home.process(["create", name])));
  for (const { code, stderr } of runs) assert.equal(code, 0, stderr);

  const { instances } = await home.json("list");
  assert.deepEqual(instances.map((one: { instance: string }) => one.instance).sort(), names.sort());
  const ranges = instances.map((one: { range: { base: number; size: number } }) => one.range);
  for (const [i, range] of ranges.entries()) {
    for (const other of ranges.slice(i + 1)) assert.ok(!overlaps(range, other));
  }
  for (const name of names) {
    const { range } = instances.find((one: { instance: string }) => one.instance === name);
    const { mcpServers } = await home.readJson(home.config(name));
    assert.equal(mcpServers.filesystem.env.MCP_PORT, String(range.base + 10));
  }
});

Deno.test("of 30 creates of one name at once one succeeds, and 29 say that it exists", async () => {
  await using home = await Home.create();
  const runs = await Promise.all(
    Array.from({ length: count }, () => home.process(["create", "work", "--json"])),
  );
  const [done, ...more] = runs.filter(({ code }) => code === 0);
  assert.ok(done && more.length === 0);
  for (const { code, stderr } of runs.filter((run) => run !== done)) {
    assert.equal(code, 4, stderr);
    assert.equal(JSON.parse(stderr).error.code, "exists");
  }
  assert.equal((await home.json("list")).instances.length, 1);
});

Deno.test("parallel creates, removes and resets leave every registry intact", async () => {
  await using home = await Home.create();
  const kept = ["a", "b", "c", "d"];
  for (const name of kept) await home.ok("create", name);
  const runs = await Promise.all([
    ...kept.map((name) => home.process(["mcp", name, "--reset-ports"])),
    ...kept.map((name) => home.process(["mcp", name, "--ports"])),
    ...["e", "f", "g", "h"].map((name) => home.process(["create", name])),
    home.process(["remove", "a", "--yes"]),
    ...Array.from({ length: 4 }, () => home.process(["list", "--json"])),
  ]);
  for (const { code, stderr } of runs) assert.ok(code === 0 || code === 3, stderr);
  const { instances } = await home.json("list");
  const bases = instances.map((one: { range: { base: number } }) => one.range.base);
  assert.equal(new Set(bases).size, 7);
});
