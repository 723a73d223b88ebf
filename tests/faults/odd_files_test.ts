import assert from "node:assert/strict";
import { Home, succeeded } from "../e2e/harness.ts";

Deno.test("~/sandboxes as a symbolic link is the user's choice, and works", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await Deno.rename(home.at("sandboxes"), home.at("moved"));
  await Deno.symlink(home.at("moved"), home.at("sandboxes"));
  // What it may see is what its permissions name, so it takes the real program.
  await home.program.ok("mcp", "work", "--reset-ports");
  await home.program.ok("create", "new");
  assert.equal((await home.program.json("list")).instances.length, 2);
});

for (const folder of [".cmgr", ".cmgr/backups", ".cmgr/backups/work", "sandboxes/work/.config"]) {
  Deno.test(`${folder} as a symbolic link to another place is not written through`, async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    await Deno.mkdir(home.at("elsewhere"));
    await Deno.mkdir(home.at(".cmgr/backups"), { recursive: true });
    const path = home.at(folder);
    await Deno.rename(path, home.at("elsewhere/moved")).catch(() =>
      Deno.mkdir(home.at("elsewhere/moved"))
    );
    await Deno.symlink(home.at("elsewhere/moved"), path);
    const before = await home.snapshot();
    const ran = await home.process(["mcp", "work", "--no-ports"]);
    assert.ok([1, 6].includes(ran.code), `exit ${ran.code}: ${ran.stderr}`);
    const after = await home.snapshot();
    for (const [name, content] of Object.entries(before)) {
      if (name.startsWith("elsewhere/")) assert.equal(after[name], content);
    }
    assert.deepEqual(
      Object.keys(after).filter((name) => name.startsWith("elsewhere/")),
      Object.keys(before).filter((name) => name.startsWith("elsewhere/")),
    );
  });
}

Deno.test("a hard link to a file outside is replaced, and the file outside stays as it is", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const config = home.at(home.config("work"));
  const text = await Deno.readTextFile(config);
  await Deno.link(config, home.at("outside.json"));
  await home.ok("mcp", "work", "--no-ports");
  assert.equal(await home.read("outside.json"), text);
  assert.notEqual(await home.read(home.config("work")), text);
});

Deno.test("a sandbox with forbidden folders is removed or refused, never half removed", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.write("sandboxes/work/locked/file", "x");
  await Deno.chmod(home.at("sandboxes/work/locked"), 0o000);
  const ran = await home.process(["remove", "work", "--yes"]);
  const { instances } = await home.json("list");
  assert.equal(instances.length, ran.code === 0 ? 0 : 1);
  await new Deno.Command("chmod", { args: ["-R", "u+rwx", home.path] }).output();
});

Deno.test("1,000 servers in one config get 1,000 ports when the range has them", async () => {
  await using home = await Home.create({ portRange: 1200 });
  const servers = Array.from({ length: 1000 }, (_, i) => [`tool-${i}`, { command: "x" }]);
  const stdin = JSON.stringify({ mcpServers: Object.fromEntries(servers) });
  const { stdout } = succeeded(
    await home.process(["create", "work", "--import", "-", "--json"], { stdin }),
  );
  const ports = Object.values(JSON.parse(stdout).ports).flat();
  assert.equal(new Set(ports).size, 1006);
});

Deno.test("a config of 20 MB is handled, and put back to the byte", async () => {
  await using home = await Home.create();
  const notes = Array.from({ length: 210_000 }, (_, i) => `note ${i} ${"x".repeat(90)}`);
  const stdin = JSON.stringify({ notes, mcpServers: { memory: { command: "x" } } }, undefined, 1);
  assert.ok(stdin.length > 20_000_000);
  succeeded(await home.process(["create", "work", "--import", "-"], { stdin }));
  assert.match((await home.read(home.config("work"))).slice(-400), /"MCP_PORT"/);
  await home.ok("mcp", "work", "--no-ports");
  assert.ok(await home.read(home.config("work")) === stdin);
});

Deno.test("100,000 servers are refused without a long wait", async () => {
  await using home = await Home.create();
  const servers = Array.from({ length: 100_000 }, (_, i) => [`tool-${i}`, { command: "x" }]);
  const stdin = JSON.stringify({ mcpServers: Object.fromEntries(servers) });
  await home.fails(5, ["create", "work", "--import", "-"], { stdin });
});

Deno.test("notes of runs and logins may hold whatever they do, and commands do their work", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await Deno.mkdir(home.at(".cmgr/run"), { recursive: true });
  for (const content of [new Uint8Array([0x7b, 0xff, 0x7d]), new TextEncoder().encode("null")]) {
    for (const path of [".cmgr/run/.login.json", ".cmgr/run/work.json"]) {
      await Deno.writeFile(home.at(path), content);
    }
    await home.ok("mcp", "work", "--no-ports");
    await home.ok("mcp", "work", "--ports");
  }
  await home.ok("create", "new");
});
