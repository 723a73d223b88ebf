import assert from "node:assert/strict";
import { overlaps } from "../../src/ports/layout.ts";
import { Home } from "../e2e/harness.ts";
import { isLong } from "./faulty_home.ts";
import { pick, randomFrom } from "./mutate.ts";

const processes = isLong ? 100 : 12;
const forMs = isLong ? 60_000 : 5_000;

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
      const { code, stdout, stderr } = await home.process(args);
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

function checkApart(
  instances: readonly { readonly range: { readonly base: number; readonly size: number } | null }[],
): void {
  const ranges = instances.flatMap(({ range }) => range ?? []);
  for (const [i, range] of ranges.entries()) {
    for (const other of ranges.slice(i + 1)) assert.ok(!overlaps(range, other));
  }
}
