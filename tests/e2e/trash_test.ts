import assert from "node:assert/strict";
import { lacksBubblewrap } from "../programs.ts";
import { Home, succeeded } from "./harness.ts";
import { notOnWindows } from "./windows.ts";

Deno.test("what remove took comes back whole: folder, config, ports, backups", async () => {
  await using home = await Home.create();
  await home.json("create", "work", "--tools", "all");
  await home.write("sandboxes/work/Documents/note.txt", "mine");
  const reset = await home.json("mcp", "work", "--reset-ports");
  await home.ok("mcp", "work", "--no-ports");
  const status = await home.json("mcp", "work", "--ports");
  const before = await home.snapshot();

  const removed = await home.json("remove", "work", "--yes");
  assert.equal(removed.status, "removed");
  await home.fails(3, ["status", "work"]);
  await assert.rejects(Deno.lstat(home.at("sandboxes/work")), Deno.errors.NotFound);
  assert.equal((await home.json("list")).instances.length, 0);

  const restored = await home.json("restore", "work");
  assert.deepEqual(restored.ports, status.ports);
  assert.deepEqual(restored.range, reset.range);
  assert.deepEqual(withoutTrash(await home.snapshot()), withoutTrash(before));
  assert.deepEqual((await home.json("trash")).trash, []);
});

Deno.test("the range of a removed instance is kept for 7 days, then given away", async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  await home.json("create", "work");
  await home.ok("remove", "work", "--yes");
  const [entry] = (await home.json("trash")).trash;
  const days = (Date.parse(entry.reservedUntil) - Date.parse(entry.removed)) / 86_400_000;
  assert.equal(days, 7);
  assert.equal((await home.json("create", "other")).range.base, base + 100);

  const ports = await home.readJson(".cmgr/port_registry.json");
  ports.reserved[entry.id].until = new Date(Date.now() - 1000).toISOString();
  await home.write(".cmgr/port_registry.json", JSON.stringify(ports));
  assert.equal((await home.json("trash")).trash[0].reservedUntil, null);
  assert.equal((await home.json("create", "third")).range.base, base);

  const ran = succeeded(await home.run(["restore", "work", "--json"]));
  assert.equal(JSON.parse(ran.stdout).range.base, base + 200);
  assert.match(ran.stderr, new RegExp(`${base}-${base + 99} is no longer free`));
  const config = await home.readJson(home.config("work"));
  assert.equal(config.mcpServers.filesystem.env.MCP_PORT, String(base + 210));
});

Deno.test("an instance comes back though its config cannot be read, and that is said", async () => {
  await using home = await Home.create();
  const { range } = await home.json("create", "work");
  await home.write(home.config("work"), "{ broken");
  for (const isLost of [false, true]) {
    await home.ok("remove", "work", "--yes");
    if (isLost) {
      const ports = await home.readJson(".cmgr/port_registry.json");
      await home.write(".cmgr/port_registry.json", JSON.stringify({ ...ports, reserved: {} }));
      assert.deepEqual((await home.json("create", "other")).range, range);
    }
    const { stdout, stderr } = succeeded(await home.run(["restore", "work"]));
    assert.match(stdout, /^Restored "work" .*\nPorts: unknown, since its config can't be read\n/);
    assert.match(stderr, /warning: .*claude_desktop_config\.json, line 1/);
    assert.equal(await home.read(home.config("work")), "{ broken");
  }
  assert.notDeepEqual((await home.json("status", "work")).range, range);
});

Deno.test("a restore under another name changes nothing where the config cannot be read", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.write(home.config("work"), "{ broken");
  await home.ok("remove", "work", "--yes");
  const before = await home.snapshot();
  const error = await home.fails(6, ["restore", "work", "--as", "office"]);
  assert.match(error, /trash.*claude_desktop_config\.json, line 1/);
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("remove wants --yes and changes nothing without it", {
  ignore: notOnWindows("A terminal can be made up in the tests' own process alone."),
}, async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const before = await home.snapshot();
  assert.match(await home.fails(2, ["remove", "work"]), /remove work --yes/);
  assert.match(await home.fails(2, ["remove", "work", "--purge"]), /--purge --yes/);
  assert.match(await home.fails(2, ["trash", "--empty"]), /trash --empty --yes/);
  const asked = await home.run(["trash", "--empty"], { stdin: "n\n", isTerminal: true });
  assert.equal(asked.code, 1);
  assert.match(asked.stderr, /deletes the removed sandboxes .*Continue\? \[y\/N\] /);
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("remove --purge leaves nothing of an instance, not even its backups", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.ok("mcp", "work", "--no-ports");
  await home.ok("remove", "work", "--purge", "--yes");
  const left = Object.keys(await home.snapshot()).filter((path) => path.includes("work"));
  assert.deepEqual(left, []);
  await home.fails(3, ["restore", "work"]);
});

Deno.test("an emptied trash has freed folders and ranges", async () => {
  await using home = await Home.create();
  const { range } = await home.json("create", "work");
  await home.ok("create", "other");
  await home.ok("remove", "work", "--yes");
  await home.ok("remove", "other", "--yes");
  assert.match(await home.ok("trash"), /work .*\n|other/);
  const { deleted } = await home.json("trash", "work", "--empty", "--yes");
  assert.equal(deleted.length, 1);
  assert.deepEqual((await home.json("create", "next")).range, range);
  assert.equal((await home.json("trash", "--empty", "--yes")).deleted.length, 1);
  await assert.rejects(Deno.stat(home.at(".cmgr/trash", deleted[0])), Deno.errors.NotFound);
  await home.fails(3, ["trash", "work", "--empty", "--yes"]);
});

Deno.test("restore refuses a name that is in use, and changes nothing", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.ok("remove", "work", "--yes");
  await home.ok("create", "Work");
  const before = await home.snapshot();
  assert.match(await home.fails(4, ["restore", "work"]), /"Work" already exists/);
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("restore --as brings an instance back under another name, beside its successor", async () => {
  await using home = await Home.create();
  const { ports } = await home.json("create", "work", "--tools", "all");
  await home.write("sandboxes/work/Documents/note.txt", "mine");
  await home.ok("remove", "work", "--yes");
  const created = await home.run(["create", "work"]);
  assert.match(
    created.stderr,
    /The trash has a removed "work"; restore it with: cmgr restore work --as OTHER/,
  );
  assert.match(await home.fails(4, ["restore", "work"]), /cmgr restore NAME --as OTHER/);
  await home.fails(4, ["restore", "work", "--as", "WORK"]);
  const old = await home.json("restore", "work", "--as", "old");
  assert.equal(old.instance, "old");
  assert.deepEqual(old.ports, ports);
  assert.equal(await home.read("sandboxes/old/Documents/note.txt"), "mine");
  const text = await home.read(home.config("old"));
  assert.doesNotMatch(text, /sandboxes[\\/]+work|"work"/);
  assert.equal(JSON.parse(text).mcpServers.memory.env.CLAUDE_INSTANCE, "old");
  assert.deepEqual((await home.json("trash")).trash, []);
  assert.equal((await home.json("doctor")).ok, true);
});

Deno.test("a remove that was cut off after moving the sandbox can be repeated or taken back", async () => {
  for (const next of [["restore", "work"], ["remove", "work", "--yes"]]) {
    await using home = await Home.create();
    await home.ok("create", "work");
    const registries = [".cmgr/registry.json", ".cmgr/port_registry.json"];
    const before = await Promise.all(registries.map((path) => home.read(path)));
    await home.ok("remove", "work", "--yes");
    for (const [i, path] of registries.entries()) await home.write(path, before[i]);
    await home.ok(...next);
    if (next[0] === "remove") await home.ok("restore", "work");
    assert.equal((await home.json("list")).instances.length, 1);
    assert.ok((await Deno.stat(home.at(home.config("work")))).isFile);
    assert.deepEqual((await home.json("trash")).trash, []);
  }
});

Deno.test({
  name: "remove and restore work where ~/sandboxes is a file system of its own (needs bwrap)",
  ignore: lacksBubblewrap() || notOnWindows("bwrap shows Wine no other files."),
  fn: async () => {
    await using home = await Home.create();
    await Deno.mkdir(home.at("sandboxes"));
    const steps = `set -e
      "$@" create work; echo mine > "$HOME/sandboxes/work/Documents/note"
      "$@" remove work --yes; test ! -e "$HOME/sandboxes/work"
      "$@" restore work; cat "$HOME/sandboxes/work/Documents/note"
      "$@" remove work --yes; "$@" trash --empty --yes; ls -A "$HOME/sandboxes/.trash"`;
    const { code, stdout, stderr } = await new Deno.Command("bwrap", {
      args: ["--dev-bind", "/", "/", "--tmpfs", home.at("sandboxes"), "sh", "-c", steps, "sh"]
        .concat(home.argv()),
      env: home.environment(),
      clearEnv: true,
    }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assert.equal(code, 0, decode(stderr));
    assert.match(decode(stdout), /\nmine\n/);
    assert.match(decode(stdout), /Deleted 1 removed instance\n$/);
  },
});

function withoutTrash(paths: Record<string, string>): Record<string, string> {
  const kept = Object.entries(paths).filter(([path]) => !path.startsWith(".cmgr/trash"));
  return Object.fromEntries(kept);
}
