import assert from "node:assert/strict";
import { overlaps } from "../../src/ports/layout.ts";
import { Home } from "../e2e/harness.ts";
import { isLong } from "./faulty_home.ts";
import { pick, randomFrom } from "./mutate.ts";

const processes = isLong ? 100 : 12;
const forMs = isLong ? 60_000 : 8_000;

Deno.test(`${processes} processes at once create, remove, reset and read, and every registry stays whole`, async () => {
  await using home = await Home.create();
  const names = Array.from({ length: 20 }, (_, i) => `instance-${i}`);
  const end = performance.now() + forMs;
  let runs = 0;
  const worker = async (number: number) => {
    const random = randomFrom(number);
    while (performance.now() < end) {
      const name = pick(random, names);
      const args = pick(random, [
        ["create", name],
        ["remove", name, "--yes", "--purge"],
        ["mcp", name, "--reset-ports"],
        ["mcp", name, "--no-ports"],
        ["list", "--json"],
        ["status", name, "--json"],
      ]);
      const { code, stdout, stderr } = await home.run(args);
      assert.ok([0, 3, 4].includes(code), `cmgr ${args.join(" ")}: ${code} ${stderr}`);
      if (args[0] === "list") checkApart(JSON.parse(stdout).instances);
      runs++;
    }
  };
  const reader = async () => {
    while (performance.now() < end) {
      for (const file of ["registry.json", "port_registry.json"]) {
        const text = await home.read(`.cmgr/${file}`).catch(() => "{}");
        JSON.parse(text);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await Promise.all([reader(), ...Array.from({ length: processes }, (_, i) => worker(i))]);
  const { instances } = await home.json("list");
  checkApart(instances);
  for (const { instance, range } of instances) {
    const { mcpServers } = await home.readJson(home.config(instance));
    const port = mcpServers.filesystem.env?.MCP_PORT;
    assert.equal(port, range ? String(range.base + 10) : undefined, instance);
  }
  console.log(`${runs} commands by ${processes} processes`);
});

Deno.test("a holder of the lock that is stopped is named to those who wait, and nothing is stolen", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  // A create that waits for its config holds nothing; one with a slow probe would. Here the lock
  // is held by another program that says what it does, as cmgr itself would.
  const script = `
    const file = await Deno.open(Deno.args[0], { read: true, write: true, create: true });
    await file.lock(true);
    await file.truncate();
    await file.write(new TextEncoder().encode(JSON.stringify({ pid: Deno.pid, purpose: "create slow" })));
    console.log("held");
    setTimeout(() => {}, 100_000);`;
  const module = home.at("hold.ts");
  await Deno.writeTextFile(module, script);
  const holder = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", module, home.at(".cmgr/lock")],
    stdout: "piped",
  }).spawn();
  const reader = holder.stdout.getReader();
  try {
    await reader.read();
    holder.kill("SIGSTOP");
    const before = await home.snapshot();
    const [waiting, asJson, reading] = await Promise.all([
      home.run(["create", "new"]),
      home.run(["create", "new", "--json"]),
      home.run(["list", "--json"]),
    ]);
    assert.equal(waiting.code, 4);
    assert.match(waiting.stderr, new RegExp(`process ${holder.pid} \\(cmgr create slow\\)`));
    assert.match(waiting.stderr, /Waiting for another cmgr/);
    assert.equal(JSON.parse(asJson.stderr).error.code, "locked", "one object and no word beside");
    assert.equal(reading.code, 0, "looking needs no lock");
    assert.deepEqual(await home.snapshot(), before);
  } finally {
    holder.kill("SIGKILL");
    await holder.status;
    await reader.cancel();
  }
  await home.ok("create", "new");
});

function checkApart(
  instances: readonly { readonly range: { readonly base: number; readonly size: number } | null }[],
): void {
  const ranges = instances.flatMap(({ range }) => range ?? []);
  for (const [i, range] of ranges.entries()) {
    for (const other of ranges.slice(i + 1)) assert.ok(!overlaps(range, other));
  }
}
