import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { isMissing } from "../programs.ts";

const ignore = isMissing("bwrap", "bubblewrap");
const asBefore = ["bwrap", "--dev-bind", "/", "/"];

Deno.test({
  name: "a disk that is really full is said to be full, and the registries stay as they are",
  ignore,
  fn: async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    const by = [...asBefore, "--size", "65536", "--tmpfs", home.at("sandboxes")];
    const notes = "x".repeat(500_000);
    const before = await home.snapshot();
    const stdin = JSON.stringify({ notes, mcpServers: {} });
    const said = await home.fails(1, ["create", "new", "--import", "-"], { stdin, by });
    assert.match(said, /No space left on device/);
    assert.match(said, /Free some room/);
    assert.deepEqual(await home.snapshot(), before);
    await home.ok("create", "new");
  },
});

for (const folder of [".cmgr", "sandboxes"]) {
  Deno.test({
    name: `~/${folder} that is really read-only stops every change, and reading goes on`,
    ignore,
    fn: async () => {
      await using home = await Home.create();
      await home.ok("create", "work");
      const by = [...asBefore, "--ro-bind", home.at(folder), home.at(folder)];
      const before = await filesOf(home);
      for (
        const args of [
          ["create", "new"],
          ["remove", "work", "--yes"],
          ["mcp", "work", "--no-ports"],
        ]
      ) {
        const said = await home.fails(1, args, { by });
        assert.match(said, /Read-only file system/);
        assert.ok(said.includes(home.at(folder)), said);
        assert.deepEqual(await filesOf(home), before, args.join(" "));
      }
      assert.equal((await home.run(["list"], { by })).code, 0);
      assert.equal((await home.run(["status", "work"], { by })).code, 0);
    },
  });
}

/** All files but backups: one more copy, or an empty folder, does no harm. */
async function filesOf(home: Home): Promise<Record<string, string>> {
  const all = Object.entries(await home.snapshot());
  return Object.fromEntries(
    all.filter(([path]) => !path.endsWith("/") && !path.startsWith(".cmgr/backups/")),
  );
}
