import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, bundlePath } from "../../../scripts/bundle_client.ts";

const project = fileURLToPath(new URL("../../../", import.meta.url));
const text = await Deno.readTextFile(join(project, bundlePath));

Deno.test("the bundled client is what the pinned SDK gives", async () => {
  assert(await bundle() === text, "mend it with: deno task bundle");
});

Deno.test("the bundled client imports nothing", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", join(project, bundlePath)],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  assert.equal(modules.length, 1);
  assert.deepEqual(modules[0].dependencies ?? [], []);
});

Deno.test("the bundled client reaches for no process, file or network", () => {
  const reach = /\b(Deno|process)\.|\bfetch\(|\bnew (WebSocket|EventSource|Worker)\b/.exec(text);
  assert.equal(reach?.[0], undefined);
});
