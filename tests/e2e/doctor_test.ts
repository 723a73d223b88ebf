import assert from "node:assert/strict";
import { any, isMissing } from "../programs.ts";
import { Home } from "./harness.ts";
import { isWindows, notOnWindows } from "./windows.ts";
import { homeWithApp, noNode, until } from "./stand_in.ts";

interface Shown {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly hint: string | null;
  readonly instance: string | null;
}

interface Diagnosis {
  readonly ok: boolean;
  readonly checks: readonly Shown[];
  readonly fixed: readonly string[];
}

async function diagnose(home: Home, ...args: string[]): Promise<Diagnosis> {
  const { code, stdout, stderr } = await home.run(["doctor", ...args, "--json"]);
  assert.ok(code === 0 || code === 1, stderr);
  const diagnosis: Diagnosis = JSON.parse(stdout);
  assert.equal(diagnosis.ok, code === 0);
  for (const { status, hint, message } of diagnosis.checks) {
    if (status !== "ok") assert.ok(hint, `it says what to do: ${message}`);
  }
  return diagnosis;
}

/** What a diagnosis finds beside that this machine has neither app nor the usual programs. */
function troubles({ checks }: Diagnosis): string[] {
  return checks.filter(({ status, name, message }) =>
    status !== "ok" && name !== "launcher" && name !== "isolation" &&
    !/^The command of/.test(message)
  ).map(({ name, message }) => `${name}: ${message}`);
}

async function sound(): Promise<Home> {
  const home = await Home.create({ launcher: ["sh", "-c", "exec sleep 60"] });
  await home.json("create", "work");
  await home.json("create", "lab", "--tools", "memory");
  return home;
}

const ports = ".cmgr/port_registry.json";

Deno.test("doctor finds nothing wrong with what cmgr made, and changes nothing", async () => {
  await using home = await sound();
  const before = await home.snapshot();
  const diagnosis = await diagnose(home);
  assert.deepEqual(troubles(diagnosis), []);
  assert.ok(diagnosis.checks.length >= 13);
  assert.deepEqual(troubles(await diagnose(home, "--fix")), []);
  assert.deepEqual(await home.snapshot(), before);
  assert.match(await home.ok("doctor"), /^ok +registry\.json is valid$/m);
  await home.fails(3, ["doctor", "nobody"]);
});

for (const fault of ["lost", "empty", "truncated", "not the right form", "short of a range"]) {
  Deno.test(`a port_registry.json that is ${fault} is rebuilt, and every instance has its old ports`, async () => {
    await using home = await sound();
    const add = ["mcp", "work", "add"];
    await home.ok(...add, "godot", "--", "npx", "-y", "godot-mcp-server");
    await home.ok(...add, "relay", "--", "npx", "-y", "@mcp-b/webmcp-local-relay");
    await home.ok(...add, "own-thing", "-e", "LEVEL=3", "--", "own-server");
    await home.ok(...add, "gmail", "--", "npx", "-y", "@shinzolabs/gmail-mcp");
    await home.ok("mcp", "work", "--pin", "gmail=3999");
    await home.ok("create", "gone");
    await home.ok("remove", "gone", "--yes");
    const names = ["work", "lab"];
    const before = await Promise.all(names.map((name) => home.json("status", name)));
    const configs = await Promise.all(names.map((name) => home.read(home.config(name))));
    const [{ reservedUntil }] = (await home.json("trash")).trash;
    const text = await home.read(ports);
    const broken = {
      empty: "",
      truncated: text.slice(0, 100),
      "not the right form": "[1]",
      "short of a range": text.replace('"lab"', '"lob"'),
    }[fault];
    if (broken === undefined) await Deno.remove(home.at(ports));
    else await home.write(ports, broken);

    // There the app is looked for first, by PowerShell, which Wine does not have.
    const start = isWindows ? [] : [["start", "work"]];
    for (const args of [["create", "new"], ["mcp", "work", "--ports"], ...start]) {
      assert.match(await home.fails(6, args), /cmgr doctor --fix/);
    }
    const found = await diagnose(home);
    assert.equal(found.ok, false);
    assert.match(troubles(found)[0], /^port-registry: /);
    const { fixed, ok } = await diagnose(home, "--fix");
    assert.ok(ok);
    assert.match(fixed[0], /^Rebuilt port_registry\.json from the configs of 2 instances/);
    const after = await Promise.all(names.map((name) => home.json("status", name)));
    assert.deepEqual(after.map(({ ports }) => ports), before.map(({ ports }) => ports));
    assert.deepEqual(after.map(({ range }) => range), before.map(({ range }) => range));
    assert.deepEqual(after.map(({ pinned }) => pinned), before.map(({ pinned }) => pinned));
    for (const [i, name] of names.entries()) {
      await home.ok("mcp", name, "--ports");
      assert.equal(await home.read(home.config(name)), configs[i], "no config has changed");
    }
    assert.equal((await home.json("trash")).trash[0].reservedUntil, reservedUntil);
    if (broken !== undefined) {
      const kept = Object.entries(await home.snapshot()).filter(([path]) =>
        path.startsWith(".cmgr/repairs/") && path.endsWith("port_registry.json")
      );
      assert.deepEqual(kept.map(([, content]) => content), [`600 ${broken}`]);
    }
    await home.ok("mcp", "work", "--no-ports");
    assert.doesNotMatch(await home.read(home.config("work")), /MCP_PORT|CLAUDE_INSTANCE|"PORT"/);
  });
}

Deno.test("a broken registry.json is rebuilt from the sandboxes", async () => {
  await using home = await sound();
  const before = await home.json("list");
  await home.write(".cmgr/registry.json", '{"instances": {"wo');
  assert.match(await home.fails(6, ["list"]), /cmgr doctor --fix/);
  const { ok, fixed } = await diagnose(home, "--fix");
  assert.ok(ok);
  assert.match(fixed[0], /^Rebuilt registry\.json from 2 sandboxes; the old file is kept as/);
  assert.deepEqual(await home.json("list"), before);
});

Deno.test("both registries broken at once are rebuilt", async () => {
  await using home = await sound();
  const before = await home.json("list");
  await home.write(".cmgr/registry.json", "");
  await home.write(ports, "{");
  assert.ok((await diagnose(home, "--fix")).ok);
  assert.deepEqual(await home.json("list"), before);
});

Deno.test("a registry of a newer cmgr is never rebuilt", async () => {
  await using home = await sound();
  const text = JSON.stringify({ ...await home.readJson(ports), version: 99 });
  await home.write(ports, text);
  const { ok, fixed } = await diagnose(home, "--fix");
  assert.equal(ok, false);
  assert.deepEqual(fixed, []);
  assert.equal(await home.read(ports), text);
});

Deno.test("doctor finds and fixes modes, unregistered sandboxes and leftovers", async () => {
  await using home = await sound();
  await Deno.chmod(home.at(home.config("work")), 0o644);
  await Deno.chmod(home.at("sandboxes/lab"), 0o755);
  await home.write("sandboxes/.half.creating/x", "");
  await home.write(`.cmgr/.registry.json.${crypto.randomUUID()}.tmp`, "{");
  await home.write(".cmgr/run/ghost.json", "{}");
  await home.write("sandboxes/stray/.config/Claude/claude_desktop_config.json", "{}");
  await home.write("sandboxes/folder/note.txt", "");
  const registry = await home.readJson(ports);
  registry.allocated_ports.ghost = 60000;
  await home.write(ports, JSON.stringify(registry));

  const found = troubles(await diagnose(home)).join("\n");
  for (
    const expected of [
      ...(isWindows ? [] : [
        /folders: Other users can read or change .*claude_desktop_config\.json \(mode 644\)/,
        /folders: Other users can read or change .*sandboxes\/lab /,
      ]),
      /leftovers: .*\.half\.creating is an incomplete sandbox/,
      /leftovers: .*\.tmp is a temporary file/,
      /processes: .*run[\\/]ghost\.json belongs to a process that no longer runs/,
      /sandboxes: .*sandboxes[\\/]stray belongs to no instance/,
      /sandboxes: .*sandboxes[\\/]folder belongs to no instance/,
      /sandboxes: port_registry\.json has ports for "ghost"/,
    ]
  ) assert.match(found, expected);
  const after = await diagnose(home, "--fix");
  assert.deepEqual(
    troubles(after).map((trouble) => /sandboxes[\\/](\w+)/.exec(trouble)?.[1]),
    ["folder"],
  );
  assert.equal(await home.read("sandboxes/folder/note.txt"), "");
  assert.equal((await home.json("status", "stray")).status, "stopped");
  assert.equal(await home.modeOf(home.config("work")), 0o600);
  assert.equal((await home.readJson(ports)).allocated_ports.ghost, undefined);
});

Deno.test("doctor fixes a config with other ports, and explains a broken one", async () => {
  await using home = await sound();
  const good = await home.read(home.config("work"));
  const other = good.replace(/("MCP_PORT": )"\d+"/, '$1"1"');
  await home.write(home.config("work"), other);
  assert.match(
    troubles(await diagnose(home)).join(),
    /config: The ports in the config of "work" differ/,
  );
  assert.match(troubles(await diagnose(home, "lab")).join(), /^$/);
  await diagnose(home, "--fix");
  assert.equal(await home.read(home.config("work")), good);
  const { backups } = await home.json("config", "work", "--history");
  assert.equal(await home.read(backups[0].path), other);

  await home.write(home.config("work"), '{ "mcpServers": {}, // a comment\n}');
  const { checks, ok } = await diagnose(home, "--fix");
  assert.equal(ok, false);
  const config = checks.find(({ status, name }) => name === "config" && status === "error")!;
  assert.match(config.message, /line 1.*a comment/);
  assert.match(config.hint!, /--restore.*--edit/);
});

Deno.test("doctor names missing commands and ports in use by others", {
  ignore: isMissing("ss", "iproute2") || notOnWindows("Wine's netstat names no process."),
}, async () => {
  await using home = await sound();
  await home.ok("mcp", "lab", "add", "thing", "--", "no-such-program-at-all");
  const { ports } = await home.json("status", "lab");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: ports.thing });
  const { checks, ok } = await diagnose(home, "lab");
  assert.ok(ok, "warnings are no errors");
  const messages = checks.map(({ message }) => message).join("\n");
  assert.match(messages, /The command of "thing" in "lab" was not found: no-such-program-at-all/);
  assert.match(
    messages,
    new RegExp(`Port ${ports.thing} of thing in "lab" is in use by .*process ${Deno.pid}`),
  );
  void listener;
});

Deno.test("broken settings and rules are two findings among others", async () => {
  await using home = await sound();
  await home.write(".cmgr/config.jsonc", '{ "basePort": "x" }');
  await home.write(".cmgr/tools.jsonc", "[");
  const { checks, ok } = await diagnose(home);
  assert.equal(ok, false);
  const errors = checks.filter(({ status }) => status === "error").map(({ name }) => name);
  assert.ok(errors.includes("settings") && errors.includes("rules"), errors.join());
});

Deno.test("restore names the unreadable entries of the trash", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.ok("remove", "work", "--yes");
  const [{ id }] = (await home.json("trash")).trash;
  await home.write(`.cmgr/trash/${id}/record.json`, "{");
  const said = await home.fails(3, ["restore", "work"]);
  assert.ok(said.includes(home.shown(".cmgr/trash", id, "record.json")), said);
});

Deno.test("an interrupted restore is completed, and the instance has its old ports", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const { range, ports } = await home.json("status", "work");
  await home.ok("remove", "work", "--yes");
  const [{ id }] = (await home.json("trash")).trash;
  await Deno.rename(home.at(".cmgr/trash", id, "sandbox"), home.at("sandboxes/work"));
  assert.match(await home.ok("doctor", "--fix"), /Restored "work"/);
  const now = await home.json("status", "work");
  assert.deepEqual([now.range, now.ports], [range, ports]);
  assert.deepEqual((await home.json("trash")).trash, []);
});

Deno.test("doctor names a running server that listens outside the range, and how to learn of it", {
  ignore: any(
    noNode,
    isMissing("ss", "iproute2"),
    notOnWindows("Wine has no PowerShell, which finds and starts the app."),
  ),
}, async () => {
  await using app = await homeWithApp({ isolation: "profile" });
  const { home } = app;
  const code = "require('node:net').createServer().listen(0, '127.0.0.1')" +
    ".on('listening', function () { require('node:fs').writeFileSync(process.argv[1], " +
    "String(this.address().port)); }); setInterval(() => {}, 1000)";
  const told = home.at("port");
  await app.create("work", { stray: { command: "node", args: ["-e", code, told] } });
  await app.start(["work"]);
  const port = await until("the server listens", () => home.read("port").catch(() => undefined));
  const { checks } = await diagnose(home);
  const found = checks.find(({ name, message }) => name === "outside" && message.includes(port));
  assert.match(found?.message ?? "", /of "work" listens on port \d+ \(.*outside its range/);
  assert.match(found?.hint ?? "", /cmgr learn work/);
});
