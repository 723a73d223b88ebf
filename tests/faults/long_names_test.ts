import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { runInProcess } from "./bounded.ts";

/** The longest that a file system takes in one part of a path, in bytes. */
const mostBytes = 255;

const longest = `${"long-name.".repeat(6)}abc`;
const another = longest.replace("l", "k");

Deno.test("a name of 63 characters goes through every command, and one of 64 through none", async () => {
  await using home = await Home.create({ launcher: "/bin/true" });
  assert.equal(longest.length, 63);
  await home.ok("create", longest);
  assert.equal((await home.json("list")).instances[0].instance, longest);
  await home.ok("mcp", longest, "add", "late", "--", "x");
  await home.ok("config", longest, "--restore");
  await home.ok("mcp", longest, "--reset-ports");
  await home.ok("start", longest, "--dry-run");
  await home.ok("clone", longest, another);
  await home.ok("remove", longest, "--yes");
  const [{ id }] = (await home.json("trash")).trash;
  assert.ok(id.startsWith(longest));
  await home.ok("restore", longest);
  await home.ok("remove", another, "--yes", "--purge");
  await home.ok("doctor");

  for (const path of Object.keys(await home.snapshot())) {
    for (const part of path.split("/")) {
      // A temporary file adds two points, a UUID and an ending.
      assert.ok(part.length + 42 <= mostBytes, part);
    }
  }
  const before = await home.snapshot();
  for (const command of ["create", "status", "start", "remove", "restore", "logs", "env"]) {
    assert.match(await home.fails(2, [command, `${longest}d`]), /1 to 63 letters/, command);
  }
  assert.deepEqual(await home.snapshot(), before);
});

for (const HOME of [undefined, "", "relative/home", "."]) {
  const how = HOME === undefined ? "that is not set" : JSON.stringify(HOME);
  Deno.test(`a HOME ${how} is refused before anything is read or written`, async () => {
    await using home = await Home.create();
    const commands = [["list"], ["create", "x"], ["doctor"], ["env", "x"], [
      "complete",
      "status",
      "",
    ]];
    for (const args of commands) {
      const { code, stdout, stderr } = HOME === undefined
        ? await home.process(args, { by: ["env", "-u", "HOME"] })
        : await home.process(args, { env: { HOME } });
      // Completion stays silent: after Tab nobody wants an error.
      if (args[0] === "complete" && code === 0) continue;
      assert.equal(code, 2, `${args}: ${stderr}`);
      assert.equal(stdout, "");
      assert.match(stderr, /HOME/);
      const json = await runInProcess(home, [...args, "--json"], { env: { HOME: HOME ?? "" } });
      assert.equal(json.code, 2, json.stderr);
    }
    const entries = await Array.fromAsync(Deno.readDir(home.path));
    assert.deepEqual(entries.map(({ name }) => name), [".cmgr"]);
  });
}
