import assert from "node:assert/strict";
import { Home } from "./harness.ts";

const names = Array.from({ length: 50_000 }, (_, i) => [`s${i}`, { command: "true", args: ["x"] }]);
const many = JSON.stringify({ mcpServers: Object.fromEntries(names) });
Deno.test("a config with 50,000 servers is answered, and check starts none of them", async () => {
  await using home = await Home.create();
  await home.ok("create", "big");
  const before = await home.read(home.config("big"));
  const imported = await home.fails(5, ["import-config", "big"], { stdin: many });
  assert.match(imported, /no port is left for "s\d+"/);
  assert.equal(await home.read(home.config("big")), before);
  await home.write(home.config("big"), many);
  assert.match(await home.fails(2, ["check", "big"]), /50000 servers, and at most 200/);
  assert.equal((await home.json("status", "big")).servers, 50_000);
});
