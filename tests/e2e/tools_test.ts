import assert from "node:assert/strict";
import { Home, succeeded } from "./harness.ts";

const npx = (...args: string[]) => ({ command: "npx", args: ["-y", ...args] });

async function create(home: Home, name: string, mcpServers: unknown) {
  const stdin = JSON.stringify({ mcpServers }, undefined, 2);
  const ran = await home.run(["create", name, "--import", "-", "--json"], { stdin });
  assert.equal(ran.code, 0, ran.stderr);
  return JSON.parse(ran.stdout);
}

async function serversOf(home: Home, name: string) {
  return (await home.readJson(home.config(name))).mcpServers;
}

Deno.test("rules are applied on create, and --no-ports restores the old values", async () => {
  await using home = await Home.create();
  const mcpServers = {
    agentation: npx("agentation-mcp", "server"),
    godot: { ...npx("godot-mcp-server"), env: { GODOT_MCP_PORT: "6505", MINE: "1" } },
    "figma one": npx("figma-console-mcp"),
    "figma two": npx("figma-console-mcp@latest"),
    tools: npx("@agentdeskai/browser-tools-mcp"),
    unknown: npx("nobody-knows-this", "--port", "80"),
  };
  const text = JSON.stringify({ mcpServers }, undefined, 2);
  const { ports } = await create(home, "work", mcpServers);
  const written = await serversOf(home, "work");
  assert.deepEqual(written.agentation.args, [
    ...mcpServers.agentation.args,
    "--port",
    String(ports.agentation),
  ]);
  const [first, second] = ports.godot;
  assert.equal(written.godot.env.GODOT_MCP_PORT, String(first));
  assert.equal(written.godot.env.GODOT_MCP_HTTP_PORT, String(second));
  assert.notEqual(written["figma one"].env.FIGMA_WS_PORT, written["figma two"].env.FIGMA_WS_PORT);
  assert.equal(
    written.tools.env.BROWSER_TOOLS_STATE_DIR,
    home.at("sandboxes/work/.local/state/tools"),
  );
  assert.deepEqual(
    written.unknown.args,
    mcpServers.unknown.args,
    "no rule, no change of arguments",
  );
  await home.ok("mcp", "work", "--no-ports");
  assert.equal(await home.read(home.config("work")), text);
  await home.ok("mcp", "work", "--reset-ports");
  assert.equal((await serversOf(home, "work")).godot.env.GODOT_MCP_PORT, String(first));
});

Deno.test("the user's own value wins over a variable that keeps instances apart", async () => {
  await using home = await Home.create();
  const env = { MEMORY_FILE_PATH: "/data/mine.jsonl" };
  const memory = npx("@modelcontextprotocol/server-memory");
  await create(home, "work", { mine: { ...memory, env }, other: memory });
  const { mine, other } = await serversOf(home, "work");
  assert.equal(mine.env.MEMORY_FILE_PATH, "/data/mine.jsonl");
  assert.equal(
    other.env.MEMORY_FILE_PATH,
    home.at("sandboxes/work/.local/share/other.jsonl"),
  );
});

Deno.test("a config copied from another instance does not share its files", async () => {
  await using home = await Home.create();
  await home.ok("create", "one");
  const stdin = await home.read(home.config("one"));
  await home.run(["create", "two", "--import", "-"], { stdin });
  const { memory } = await serversOf(home, "two");
  assert.equal(memory.env.MEMORY_FILE_PATH, home.at("sandboxes/two/.local/share/memory.jsonl"));
});

Deno.test("a pin goes into the config, is shown, and goes with --unpin and --reset-ports", async () => {
  await using home = await Home.create();
  const { ports } = await create(home, "work", { gmail: npx("@shinzolabs/gmail-mcp") });
  const pinned = await home.json("mcp", "work", "--pin", "gmail=3000");
  assert.deepEqual([pinned.ports.gmail, pinned.pinned, pinned.changed], [3000, ["gmail"], true]);
  const { env } = (await serversOf(home, "work")).gmail;
  assert.deepEqual([env.PORT, env.MCP_PORT], ["3000", "3000"]);
  assert.match(await home.ok("status", "work"), /gmail +3000 \(pinned\)/);
  assert.equal((await home.json("mcp", "work", "--pin", "gmail=3000")).changed, false);
  assert.equal((await home.json("mcp", "work", "--ports")).ports.gmail, 3000, "pins stay");
  assert.equal((await home.json("mcp", "work", "--unpin", "gmail")).ports.gmail, ports.gmail);
  await home.ok("mcp", "work", "--pin", "gmail=3001");
  const reset = await home.json("mcp", "work", "--reset-ports");
  assert.deepEqual([reset.ports.gmail, reset.pinned], [ports.gmail, []]);
});

Deno.test("tools warns of nothing that the instance has set already", async () => {
  await using home = await Home.create();
  const memory = npx("@modelcontextprotocol/server-memory");
  await create(home, "work", { gmail: npx("@shinzolabs/gmail-mcp"), memory });
  const notes = async () =>
    (await home.ok("tools", "--instance", "work")).match(/^note: "\w+"/gm) ?? [];
  assert.deepEqual(await notes(), ['note: "gmail"'], "cmgr has set MEMORY_FILE_PATH");
  await home.ok("mcp", "work", "--pin", "gmail=3000");
  assert.deepEqual(await notes(), []);
  const stdin = JSON.stringify({ mcpServers: { memory } });
  succeeded(await home.run(["create", "bare", "--no-ports", "--import", "-"], { stdin }));
  assert.match(await home.ok("tools", "--instance", "bare"), /note: "memory" keeps one file/);
});

Deno.test("a server whose port its client chooses moves only when pinned", async () => {
  await using home = await Home.create();
  const remote = npx("mcp-remote", "https://example.com/mcp", "--allow-http");
  await create(home, "work", { remote });
  assert.deepEqual((await serversOf(home, "work")).remote.args, remote.args);
  await home.ok("mcp", "work", "--pin", "remote=3334");
  assert.deepEqual((await serversOf(home, "work")).remote.args, [
    "-y",
    "mcp-remote",
    "https://example.com/mcp",
    "3334",
    "--allow-http",
  ]);
  await home.ok("mcp", "work", "--unpin", "remote");
  assert.deepEqual((await serversOf(home, "work")).remote.args, remote.args);
});

Deno.test("an impossible pin is refused with the reason and changes nothing", async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  await create(home, "one", { gmail: npx("@shinzolabs/gmail-mcp") });
  await create(home, "two", { gmail: npx("@shinzolabs/gmail-mcp") });
  await home.ok("create", "bare", "--no-ports");
  await home.ok("mcp", "one", "--pin", "gmail=3000");
  const before = await home.snapshot();
  for (
    const [exit, name, pin, said] of [
      [4, "two", "gmail=3000", /pinned to "gmail" in "one"/],
      [4, "two", `gmail=${base + 10}`, /the port of "filesystem" in "one"/],
      [4, "two", "gmail=9009", /never given to a tool: @browsermcp/],
      [4, "bare", "memory=3001", /no managed ports/],
      [2, "two", "gmail=0", /0 is not a port/],
      [2, "two", "gmail=65536", /not a port/],
      [2, "two", "gmail", /is not of the form TOOL=PORT/],
      [2, "two", "nobody=3001", /no tool called "nobody"/],
      [3, "none", "gmail=3001", /no instance called "none"/],
    ] as const
  ) {
    assert.match(await home.fails(exit, ["mcp", name, "--pin", pin]), said);
  }
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("a second browsermcp is warned of at create, --ports and in status", async () => {
  await using home = await Home.create();
  const servers = { browser: npx("@browsermcp/mcp@latest") };
  assert.deepEqual((await create(home, "one", servers)).warnings, []);
  const { warnings } = await create(home, "two", servers);
  assert.match(warnings.join(), /"browser" .*9009.* "one" has it too/);
  assert.deepEqual((await home.json("mcp", "two", "--ports")).warnings, warnings);
  assert.match(await home.ok("status", "one"), /^warning: "browser" .* "two" has it too/m);
});

Deno.test("the user's rules are applied, listed, and refused with line and field", async () => {
  await using home = await Home.create();
  await home.write(
    ".cmgr/tools.jsonc",
    `{ "tools": {
      // ours
      "bridge": { "packages": ["our-bridge"], "ports": [{ "flag": "--listen", "syntax": "equals" }] },
    } }`,
  );
  const { ports } = await create(home, "work", { it: npx("our-bridge", "run") });
  assert.deepEqual((await serversOf(home, "work")).it.args, [
    "-y",
    "our-bridge",
    `--listen=${ports.it}`,
    "run",
  ]);
  const { tools } = await home.json("tools");
  assert.deepEqual([tools[0].name, tools[0].user], ["bridge", true]);
  const [entry] = (await home.json("tools", "--instance", "work")).tools;
  assert.deepEqual([entry.entry, entry.rule, entry.by, entry.ports], [
    "it",
    "bridge",
    "package",
    [ports.it],
  ]);
  await home.write(".cmgr/tools.jsonc", '{ "tools": {\n  "bridge": { "port": 1 } } }');
  const before = await home.snapshot();
  for (const args of [["tools"], ["create", "new"], ["mcp", "work", "--ports"]]) {
    assert.match(await home.fails(6, args), /tools\.jsonc, line 2: "tools\.bridge\.port" is not/);
  }
  await home.ok("list");
  await home.ok("version");
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("tools lists every rule with its source", async () => {
  await using home = await Home.create(null);
  const { tools } = await home.json("tools");
  assert(tools.length >= 28);
  for (const { name, source } of tools) assert(source.length > 10, name);
  assert.match(await home.ok("tools"), /^godot +godot-mcp-server +6505 +GODOT_MCP_PORT$/m);
});

Deno.test("start applies the rules again, and warns of a second browsermcp", async () => {
  await using home = await Home.create({ isolation: "profile" });
  const { isolation, basePort } = await home.readJson(".cmgr/config.jsonc");
  const seconds = "#!/bin/sh\nexec sleep 60\n";
  await home.write("app", seconds, 0o700);
  const settings = { basePort, isolation, launcher: home.at("app") };
  await home.write(".cmgr/config.jsonc", JSON.stringify(settings));
  await create(home, "one", { browser: npx("@browsermcp/mcp") });
  await create(home, "two", { browser: npx("@browsermcp/mcp") });
  const config = await home.readJson(home.config("two"));
  config.mcpServers.godot = npx("godot-mcp-server");
  config.mcpServers.agentation = npx("agentation-mcp", "server");
  await home.write(home.config("two"), JSON.stringify(config));
  const ran = await home.process(["start", "two", "--json"]);
  try {
    assert.equal(ran.code, 0, ran.stderr);
    const { ports, warnings } = JSON.parse(ran.stdout);
    assert.match(warnings.join(), /"browser" .* "one" has it too/);
    assert.match(ran.stderr, /warning: "browser" .* "one" has it too/);
    const { godot, agentation } = await serversOf(home, "two");
    assert.equal(godot.env.GODOT_MCP_PORT, String(ports.godot[0]));
    assert.equal(godot.env.GODOT_MCP_HTTP_PORT, String(ports.godot[1]));
    assert.deepEqual(agentation.args.slice(-2), ["--port", String(ports.agentation)]);
  } finally {
    await home.ok("stop", "two");
  }
});
