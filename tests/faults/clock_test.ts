import assert from "node:assert/strict";
import { Home, succeeded } from "../e2e/harness.ts";
import { withClock } from "./faulty_home.ts";
import { runInProcess } from "./bounded.ts";

/** Long before anything that the tests leave on disk. */
const longAgo = "2019-03-31T02:30:00.000Z";

/** Runs cmgr with the clock set back. */
async function back(home: Home, ...args: string[]): Promise<string> {
  return succeeded(await home.process(args, withClock(home, longAgo)), args).stdout;
}

async function servers(home: Home, name: string): Promise<string[]> {
  return Object.keys((await home.readJson(home.config(name))).mcpServers);
}

Deno.test("when the clock is set back, no earlier config is lost and the last one comes first", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "memory");
  for (let i = 0; i < 20; i++) {
    succeeded(await runInProcess(home, ["mcp", "work", "add", `server-${i}`, "--", "x"]));
  }
  const before = (await home.json("config", "work", "--history")).backups;
  assert.equal(before.length, 20);
  for (const late of ["a", "b", "c"]) await back(home, "mcp", "work", "add", late, "--", "x");

  const after = (await home.json("config", "work", "--history")).backups;
  const whens = (list: { when: string }[]) => list.map(({ when }) => when);
  assert.deepEqual(whens(after.slice(3)), whens(before.slice(0, 17)), "the oldest have gone");
  assert.equal(new Set(whens(after)).size, 20);
  for (const kept of [["a", "b"], ["a", "b", "c"]]) {
    // Each time back by one step: the second takes the first one back.
    await back(home, "config", "work", "--restore");
    const late = (await servers(home, "work")).filter((server) => server.length === 1);
    assert.deepEqual(late, kept);
  }
});

Deno.test("when the clock is set back, restore brings back what was removed last", async () => {
  await using home = await Home.create();
  for (
    const [which, run] of [["first", home.ok.bind(home)], [
      "second",
      back.bind(null, home),
    ]] as const
  ) {
    await home.ok("create", "work");
    await home.write("sandboxes/work/Documents/which", which);
    await run("remove", "work", "--yes");
  }
  assert.equal((await home.json("trash")).trash.length, 2);
  await back(home, "restore", "work");
  assert.equal(await home.read("sandboxes/work/Documents/which"), "second");
  const first = (await home.json("status", "work")).range;
  await home.ok("create", "new");
  assert.notDeepEqual((await home.json("status", "new")).range, first);
});

Deno.test("what is removed and repaired in the same moment is all kept", async () => {
  await using home = await Home.create();
  const texts = ["{ 1", "{ 2"];
  for (const text of texts) {
    await back(home, "create", "work");
    await home.write("sandboxes/work/Documents/which", text);
    await back(home, "remove", "work", "--yes");
    await back(home, "create", "kept");
    await home.write(".cmgr/registry.json", text);
    await home.process(["doctor", "--fix"], withClock(home, longAgo));
    await back(home, "remove", "kept", "--yes");
  }
  const contents = Object.values(await home.snapshot()).map((content) => content.slice(4));
  for (const text of texts) {
    assert.equal(contents.filter((content) => content === text).length, 2, text);
  }
});

Deno.test("a login from before the clock was set back is over", async () => {
  await using home = await Home.create({ launcher: "/nowhere/claude-desktop" });
  await home.ok("create", "work");
  const until = Date.now() + 600_000;
  const window = JSON.stringify({ instance: "other", until, id: "one" });
  await home.write(".cmgr/run/.login.json", window);
  assert.match(await home.fails(4, ["login", "work"]), /waiting for a login of "other"/);
  const said = await home.program.fails(1, ["login", "work"], withClock(home, longAgo));
  assert.match(said, /launcher .* does not exist/);
});

Deno.test("an invalid date in the trash does not keep doctor from fixing", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.ok("create", "gone");
  await home.ok("remove", "gone", "--yes");
  const [{ id }] = (await home.json("trash")).trash;
  const record = `.cmgr/trash/${id}/record.json`;
  for (const removed of ["yesterday", "+275760-09-13T00:00:00.000Z"]) {
    await home.write(record, JSON.stringify({ ...await home.readJson(record), removed }));
    await home.write(".cmgr/port_registry.json", "{");
    assert.match(await home.ok("doctor", "--fix"), /Rebuilt port_registry.json/);
    await home.ok("create", "new");
    await home.ok("remove", "new", "--yes");
  }
});
