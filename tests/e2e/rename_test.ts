import assert from "node:assert/strict";
import { Home } from "./harness.ts";

Deno.test("rename keeps ports, config, backups and logs, under the new name", async () => {
  await using home = await Home.create();
  await home.ok("create", "home");
  await home.ok("create", "work", "--tools", "all");
  await home.ok("mcp", "work", "add", "notes", "--", "notes", home.shown("sandboxes/work/notes"));
  await home.ok("mcp", "work", "--pin", "memory=3000");
  await home.write("sandboxes/work/Documents/note.txt", "mine");
  await home.write(".cmgr/logs/work.log", "once\n");
  const before = await home.json("status", "work");
  const backups = (await home.json("config", "work", "--history")).backups.length;

  const after = await home.json("rename", "work", "office");
  assert.deepEqual([after.range, after.ports], [before.range, before.ports]);
  assert.equal(after.sandbox, home.shown("sandboxes/office"));
  assert.equal(await home.read("sandboxes/office/Documents/note.txt"), "mine");
  assert.equal(await home.read(".cmgr/logs/office.log"), "once\n");
  const config = await home.read(home.config("office"));
  assert.doesNotMatch(config, /sandboxes[\\/]+work/);
  assert.ok(!config.includes('"work"'), config);
  const { mcpServers } = JSON.parse(config);
  assert.deepEqual(mcpServers.notes.args, [home.shown("sandboxes/office/notes")]);
  assert.equal(mcpServers.notes.env.CLAUDE_INSTANCE, "office");
  assert.equal((await home.json("config", "office", "--history")).backups.length, backups + 1);

  const left = Object.keys(await home.snapshot()).filter((path) => /\bwork\b/.test(path));
  assert.deepEqual(left, []);
  await home.fails(3, ["status", "work"]);
  await home.ok("mcp", "office", "--no-ports");
  const plain = await home.readJson(home.config("office"));
  assert.equal(plain.mcpServers.notes.env, undefined, "what was replaced comes back");
  assert.equal((await home.json("doctor")).ok, true);
});

Deno.test("a name that differs by case alone can be given", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  assert.equal((await home.json("rename", "work", "Work")).instance, "Work");
  assert.equal((await home.json("list")).instances.length, 1);
});

for (
  const [what, to, exit] of [
    ["a name that is taken", "Play", 4],
    ["its own name", "work", 2],
    ["what is no name", "../x", 2],
    ["a folder that is there", "other", 4],
  ] as const
) {
  Deno.test(`${what} is no new name, and nothing is changed`, async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    await home.ok("create", "play");
    await home.write("sandboxes/other/note.txt", "mine");
    const before = await home.snapshot();
    await home.fails(exit, ["rename", "work", to]);
    assert.deepEqual(await home.snapshot(), before);
  });
}

Deno.test("a rename that fails is undone as a whole", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.ok("mcp", "work", "--pin", "memory=3000");
  await home.ok("settings", "set", "-i", "work", "wayland", "true");
  await home.write(home.config("work"), "{ broken");
  const before = await home.snapshot();
  assert.match(await home.fails(6, ["rename", "work", "office"]), /work.*\.json, line 1/);
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("a rename that was cut off is completed when it is repeated", async () => {
  await using home = await Home.create();
  const { ports } = await home.json("create", "work");
  await Deno.rename(home.at("sandboxes/work"), home.at("sandboxes/office"));
  assert.deepEqual((await home.json("rename", "work", "office")).ports, ports);
});
