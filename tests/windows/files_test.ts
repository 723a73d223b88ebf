import assert from "node:assert/strict";
import { Home, succeeded } from "../e2e/harness.ts";
import { until } from "../e2e/stand_in.ts";
import { windowsArgv } from "../e2e/windows.ts";
import { ignore } from "./ignore.ts";

Deno.test("names that Windows reserves are refused, whatever their case", { ignore }, async () => {
  await using home = await Home.create();
  const before = await home.snapshot();
  for (const name of ["con", "NUL", "com1", "aux.old", "work."]) {
    assert.match(await home.fails(2, ["create", name]), /Windows/, name);
  }
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("files with the line breaks of Windows keep them", { ignore }, async () => {
  await using home = await Home.create();
  const settings = await home.read(".cmgr/config.jsonc");
  await home.write(".cmgr/config.jsonc", `// mine\r\n${settings}\r\n`);
  await home.ok("create", "work");
  const text = (await home.read(home.config("work"))).replaceAll("\n", "\r\n");
  await home.write(home.config("work"), text);
  await home.ok("mcp", "work", "--no-ports");
  await home.ok("mcp", "work", "add", "notes", "--", "notes");
  await home.ok("settings", "set", "wayland", "true");
  for (const path of [home.config("work"), ".cmgr/config.jsonc"]) {
    assert.doesNotMatch(await home.read(path), /[^\r]\n/, path);
  }
  await home.ok("mcp", "work", "remove", "notes");
  await home.ok("mcp", "work", "--ports");
  assert.equal(await home.read(home.config("work")), text);
});

Deno.test("an open file is named as what stops a change, which is undone", { ignore }, async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  // As a program does that lets nobody delete or rename what it has open.
  const file = home.config("work").replaceAll("/", "\\");
  await home.write("hold.bat", `@(echo held>held.txt& set /p line=) >>${file}\r\n`);
  const before = await home.read(home.config("work"));
  const holder = home.spawn(windowsArgv(home.path, home.at("hold.bat")), { bare: true });
  await until("it is open", () => Deno.stat(home.at("held.txt")).catch(() => undefined));
  const refused = await home.fails(1, ["mcp", "work", "--no-ports"]);
  await holder.stdin.close();
  await holder.output();
  assert.match(
    refused,
    /claude_desktop_config\.json cannot be written: .*\nClose what has it open/,
  );
  assert.equal(await home.read(home.config("work")), before);
  const names = (await Array.fromAsync(Deno.readDir(home.at("sandboxes/work/.config/Claude"))))
    .map(({ name }) => name);
  assert.deepEqual(names, ["claude_desktop_config.json"], "no temporary file is left");
  await home.ok("mcp", "work", "--no-ports");
  await home.ok("rename", "work", "office");
});

Deno.test("of 20 creates at once each gets a range of its own", { ignore }, async () => {
  await using home = await Home.create();
  const names = Array.from({ length: 20 }, (_, i) => `instance-${i}`);
  const creates = names.map((name) => home.process(["create", name, "--tools", "none"]));
  for (const ran of await Promise.all(creates)) succeeded(ran);
  const { instances } = await home.json("list");
  const bases = instances.map((one: { range: { base: number } }) => one.range.base);
  assert.equal(new Set(bases).size, 20);
  const { code, stdout } = await home.run(["doctor", "--json"]);
  assert.equal(code, 0, stdout);
});

for (
  const moment of [
    ".cmgr/lock.holder",
    "sandboxes/.NAME.creating",
    ".cmgr/creating/NAME",
    "sandboxes/NAME",
    ".cmgr/registry.json",
  ]
) {
  Deno.test(`a create that is killed once there is ${moment} can be repeated`, {
    ignore,
  }, async () => {
    await using home = await Home.create();
    // By it the processes are found.
    const name = `work-${crypto.randomUUID().slice(0, 8)}`;
    const child = home.spawn(["create", name]);
    let hasEnded = false;
    const ended = Promise.all([child.output(), child.stdin.close()]).then(() => hasEnded = true);
    const path = home.at(moment.replace("NAME", name));
    while (!hasEnded && !await isThere(path)) await new Promise((done) => setTimeout(done, 1));
    await killAll(child, name);
    await ended;
    const again = await home.run(["create", name]);
    assert.ok(again.code === 0 || again.code === 4, again.stderr);
    assert.equal((await home.json("list")).instances.length, 1);
    const { mcpServers } = await home.readJson(home.config(name));
    assert.equal(mcpServers.memory.env.CLAUDE_INSTANCE, name);
    const { code, stdout } = await home.run(["doctor", "--fix", "--json"]);
    assert.equal(code, 0, stdout);
  });
}

/** What runs a program for Windows cannot end it: so all that was given the name is killed. */
async function killAll(child: Deno.ChildProcess, name: string): Promise<void> {
  if (Deno.build.os === "windows") return child.kill();
  for await (const { name: pid } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
    if (!line.split("\0").includes(name)) continue;
    try {
      Deno.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
