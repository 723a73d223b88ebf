import assert from "node:assert/strict";
import { Home, succeeded } from "./harness.ts";
import { notOnWindows } from "./windows.ts";

const stranger = {
  mcpServers: {
    notes: { command: "notes-server", args: ["--root", "/srv"], env: { LEVEL: "3" } },
    memory: { command: "other-memory" },
  },
};

Deno.test("mcp add adds a server with its ports, and remove removes it", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const before = await home.read(home.config("work"));
  const said = await home.ok(
    ...["mcp", "work", "add", "notes", "-e", "LEVEL=3", "-e", "A=b=c", "--"],
    ...["docker", "run", "-i", "-e", "TOKEN", "notes:1"],
  );
  const { mcpServers: { notes } } = await home.readJson(home.config("work"));
  assert.equal(notes.command, "docker");
  assert.deepEqual(notes.args.slice(0, 2), ["run", "-i"]);
  assert.equal(notes.args.at(-1), "notes:1");
  assert.equal(notes.env.LEVEL, "3");
  assert.equal(notes.env.A, "b=c");
  assert.equal(notes.env.CLAUDE_INSTANCE, "work");
  const { ports } = await home.json("status", "work");
  assert.equal(notes.env.MCP_PORT, String(ports.notes));
  assert.match(said, new RegExp(`Added "notes", on port ${ports.notes}`));

  assert.match(await home.fails(4, ["mcp", "work", "add", "notes", "--", "x"]), /already/);
  await home.ok("mcp", "work", "remove", "notes");
  assert.equal(await home.read(home.config("work")), before);
  assert.match(await home.fails(1, ["mcp", "work", "remove", "notes"]), /It has: filesystem/);
});

Deno.test("-e KEY=VALUE may stand at the very end as well", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--no-ports", "--tools", "none");
  await home.ok("mcp", "work", "add", "a", "--", "npx", "-y", "pkg", "-e", "X=1", "-e", "Y=2");
  assert.deepEqual((await home.readJson(home.config("work"))).mcpServers, {
    a: { command: "npx", args: ["-y", "pkg"], env: { X: "1", Y: "2" } },
  });
});

Deno.test("mcp list shows servers with ports, secrets masked", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  await home.ok(
    ...["mcp", "work", "add", "gh", "-e", "GITHUB_TOKEN=tell-nobody", "--"],
    ...["gh-mcp", "--api-key", "tell-nobody"],
  );
  const shown = await home.ok("mcp", "work", "list");
  assert.match(shown, /^SERVER +PORTS +COMMAND\ngh +\d+ +gh-mcp --api-key \*+\n$/);
  const { servers: [gh] } = await home.json("mcp", "work", "list");
  assert.equal(gh.env.GITHUB_TOKEN, "********");
  assert.deepEqual(gh.ports, [(await home.json("status", "work")).ports.gh]);
});

Deno.test("mcp add, remove and list refuse invalid input, and change nothing", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const before = await home.snapshot();
  for (
    const args of [
      ["add"],
      ["add", "x"],
      ["add", "x", "--", ""],
      ["add", "x", "-e", "tell-nobody", "--", "y"],
      ["add", "\u0007", "--", "y"],
      ["add", "x", "--ports", "--", "y"],
      ["remove"],
      ["remove", "memory", "filesystem"],
      ["list", "memory"],
      ["tickle"],
    ]
  ) assert.doesNotMatch(await home.fails(2, ["mcp", "work", ...args]), /tell-nobody/);
  await home.fails(3, ["mcp", "nobody", "add", "x", "--", "y"]);
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("import-config merges servers from standard input, with ports of the target", async () => {
  await using home = await Home.create();
  const { range } = await home.json("create", "work", "--tools", "memory");
  const { memory: _, ...rest } = stranger.mcpServers;
  const stdin = JSON.stringify({ mcpServers: rest, theme: "dark" });
  const ran = succeeded(await home.run(["import-config", "work", "-", "--json"], { stdin }));
  const { imported, ports } = JSON.parse(ran.stdout);
  assert.deepEqual(imported, ["notes"]);
  const config = await home.readJson(home.config("work"));
  assert.equal(config.theme, undefined, "only servers are merged in");
  assert.equal(config.mcpServers.notes.env.MCP_PORT, String(ports.notes));
  assert.equal(config.mcpServers.notes.env.LEVEL, "3");
  assert.ok(ports.notes >= range.base && ports.notes < range.base + range.size);
  assert.equal(await home.modeOf(home.config("work")), 0o600);
  const again = succeeded(await home.run(["import-config", "work", "-", "--json"], { stdin }));
  assert.equal(JSON.parse(again.stdout).changed, false);
});

Deno.test("import-config names conflicts, and --overwrite lets the import win", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "memory,filesystem");
  const stdin = JSON.stringify(stranger);
  const before = await home.snapshot();
  const said = await home.fails(4, ["import-config", "work", "-"], { stdin });
  assert.match(said, /same name: memory\n.*--overwrite/);
  assert.deepEqual(await home.snapshot(), before);
  succeeded(await home.run(["import-config", "work", "--overwrite"], { stdin }));
  const { mcpServers } = await home.readJson(home.config("work"));
  assert.equal(mcpServers.memory.command, "other-memory");
  assert.deepEqual(Object.keys(mcpServers).sort(), ["filesystem", "memory", "notes"]);
  for (const bad of ["", "[]", "{", '{"mcpServers": 1}']) {
    await home.fails(2, ["import-config", "work", "-"], { stdin: bad });
  }
  await home.fails(3, ["import-config", "work", "nobody"]);
  await home.fails(2, ["import-config", "work", "work"]);
});

Deno.test("import-config takes no ports from another instance", async () => {
  await using home = await Home.create();
  const source = await home.json("create", "source", "--tools", "all");
  await home.ok("mcp", "source", "add", "gmail", "--", "npx", "-y", "@shinzolabs/gmail-mcp");
  await home.ok("create", "target", "--tools", "none");
  const report = await home.json("import-config", "target", "source");
  const text = await home.read(home.config("target"));
  assert.doesNotMatch(text, /source/, "paths into the source's sandbox lead into the target's");
  for (let port = source.range.base; port < source.range.base + 100; port++) {
    assert.ok(!text.includes(String(port)), `${port} is the source's`);
  }
  const { gmail, memory } = JSON.parse(text).mcpServers;
  assert.equal(gmail.env.PORT, String([report.ports.gmail].flat()[0]));
  assert.equal(memory.env.MCP_PORT, String(report.ports.memory));
  await home.ok("mcp", "target", "--no-ports");
  assert.doesNotMatch(await home.read(home.config("target")), /MCP_PORT|"PORT"/);
});

Deno.test("clone makes an instance with the same servers and settings and ports of its own", async () => {
  await using home = await Home.create();
  const work = await home.json("create", "work");
  await home.ok("config", "work", "--global-shortcut", "Ctrl+Space");
  await home.write("sandboxes/work/.config/Claude/Cookies", "login");
  const lab = await home.json("clone", "work", "lab");
  assert.deepEqual(Object.keys(lab.ports), Object.keys(work.ports));
  assert.equal(lab.range.base, work.range.base + 100);
  const text = await home.read(home.config("lab"));
  assert.equal(JSON.parse(text).globalShortcut, "Ctrl+Space");
  assert.doesNotMatch(text, /sandboxes[\\/]+work\b/);
  assert.equal(
    JSON.parse(text).mcpServers.memory.env.MEMORY_FILE_PATH,
    home.shown("sandboxes/lab/.local/share/memory.jsonl"),
  );
  await assert.rejects(home.read("sandboxes/lab/.config/Claude/Cookies"));

  await home.ok("clone", "work", "copy", "--with-data");
  assert.equal(await home.read("sandboxes/copy/.config/Claude/Cookies"), "login");
  assert.match(await home.read(home.config("copy")), /"CLAUDE_INSTANCE": "copy"/);
  await home.fails(4, ["clone", "work", "lab"]);
  await home.fails(3, ["clone", "nobody", "new"]);
  await home.fails(2, ["clone", "work", "../new"]);
});

Deno.test("clone --with-data refuses a running source, and leaves nothing behind", {
  ignore: notOnWindows("Wine has no PowerShell, which finds and starts the app."),
}, async () => {
  await using home = await Home.create({ launcher: ["sh", "-c", "exec sleep 60"] });
  await home.ok("create", "work");
  await home.program.ok("start", "work");
  try {
    await home.fails(4, ["clone", "work", "copy", "--with-data"]);
    assert.equal((await home.json("list")).instances.length, 1);
    await home.ok("clone", "work", "copy");
  } finally {
    await home.ok("stop", "work");
  }
});

Deno.test("Ctrl-C while data is copied exits 130 and leaves nothing behind", {
  ignore: notOnWindows("No signal reaches a program under Wine."),
}, async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const cache = "sandboxes/work/.config/Claude/Cache";
  await home.write(`${cache}/0`, "");
  // Enough to be busy with for seconds.
  for (let i = 1; i < 10_000; i++) await Deno.writeTextFile(home.at(cache, `${i}`), "");
  const ports = await home.read(".cmgr/port_registry.json");
  const child = home.spawn(["clone", "work", "copy", "--with-data"]);
  const output = Promise.all([child.output(), child.stdin.close()]);
  const copied = home.at("sandboxes/.copy.creating/.config/Claude/Cache/1");
  while (!await Deno.lstat(copied).catch(() => undefined)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  child.kill("SIGINT");
  const [{ code, stderr }] = await output;
  assert.equal(code, 130);
  assert.match(new TextDecoder().decode(stderr), /error: Interrupted/);
  const left = (await Array.fromAsync(Deno.readDir(home.at("sandboxes")))).map(({ name }) => name);
  assert.deepEqual(left, ["work"]);
  assert.equal(await home.read(".cmgr/port_registry.json"), ports);
});

Deno.test("mcp add, list and remove take the instance by -i, first, or by default", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  await home.ok("mcp", "add", "a", "-e", "X=1", "--", "npx", "-y", "pkg");
  await home.ok("create", "add", "--tools", "none");
  await home.ok("mcp", "add", "-i", "work", "b", "--", "npx", "-y", "pkg");
  await home.ok("mcp", "work", "add", "c", "--", "npx", "-y", "pkg");
  await home.ok("mcp", "add", "add", "d", "--", "npx", "-y", "pkg");
  const { servers } = await home.json("mcp", "list", "--instance", "work");
  assert.deepEqual(servers.map(({ name }: { name: string }) => name), ["a", "b", "c"]);
  assert.match(await home.ok("mcp", "add", "list"), /^d /m);
  assert.match(await home.ok("mcp", "remove", "-i", "work", "a"), /Removed "a"/);
  assert.match(await home.fails(2, ["mcp", "list"]), /Name one of: add, work/);
  assert.match(await home.fails(2, ["mcp", "work", "list", "-i", "work"]), /named twice/);
});

Deno.test("mcp add --url puts mcp-remote in, with headers where no list of processes shows them", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none", "--no-ports");
  const header = "Authorization: Bearer tell-nobody";
  await home.ok("mcp", "add", "docs", "--url", "https://example.com/mcp", "--header", header);
  await home.ok("mcp", "add", "lan", "--url", "http://10.0.0.7/mcp");
  const { mcpServers } = await home.readJson(home.config("work"));
  assert.deepEqual(mcpServers.docs, {
    command: "npx",
    args: [
      ...["-y", "mcp-remote", "https://example.com/mcp"],
      ...["--header", "Authorization:${AUTHORIZATION_HEADER_SECRET}"],
    ],
    env: { AUTHORIZATION_HEADER_SECRET: "Bearer tell-nobody" },
  });
  assert.equal(mcpServers.lan.args.at(-1), "--allow-http");
  assert.doesNotMatch(await home.ok("mcp", "list", "--json"), /tell-nobody/);
  for (
    const args of [
      ["--url", "tell-nobody"],
      ["--url", "file:///tell-nobody"],
      ["--url", "https://example.com", "--header", "tell-nobody"],
      ["--header", "X: tell-nobody"],
      ["--url", "https://example.com", "--", "tell-nobody"],
    ]
  ) assert.doesNotMatch(await home.fails(2, ["mcp", "add", "x", ...args]), /tell-nobody/);
});

Deno.test("import-config leaves out what is there already when told so", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "memory");
  const { mcpServers: { memory } } = await home.readJson(home.config("work"));
  const stdin = JSON.stringify(stranger);
  succeeded(await home.run(["import-config", "work", "--skip-existing"], { stdin }));
  const { mcpServers } = await home.readJson(home.config("work"));
  assert.deepEqual(mcpServers.memory, memory);
  assert.equal(mcpServers.notes.command, "notes-server");
  const both = ["import-config", "work", "--skip-existing", "--overwrite"];
  assert.match(await home.fails(2, both, { stdin }), /cannot be used with/);
});

Deno.test("a server of the same name that starts the same is no conflict", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  await home.ok("mcp", "add", "notes", "-e", "LEVEL=3", "--", "notes-server", "--root", "/srv");
  const notes = { ...stranger.mcpServers.notes, type: "stdio", disabled: false };
  const stdin = JSON.stringify({ mcpServers: { notes } });
  succeeded(await home.run(["import-config", "work"], { stdin }));
  const other = JSON.stringify({ mcpServers: { notes: { ...notes, env: { LEVEL: "4" } } } });
  assert.match(await home.fails(4, ["import-config", "work"], { stdin: other }), /--skip-existing/);
});
