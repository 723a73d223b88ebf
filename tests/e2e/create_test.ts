import assert from "node:assert/strict";
import { Home, succeeded } from "./harness.ts";
import { lacksBubblewrap } from "../programs.ts";
import { notOnWindows } from "./windows.ts";

Deno.test("create makes a sandbox, two registry entries and a config with its ports", async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  const { instance, sandbox, config, status, pid, range, ports } = await home.json(
    "create",
    "work",
  );
  assert.deepEqual({ instance, sandbox, config, status, pid, range, ports }, {
    instance: "work",
    sandbox: home.shown("sandboxes/work"),
    config: home.shown(home.config("work")),
    status: "stopped",
    pid: null,
    range: { base, size: 100 },
    ports: {
      "filesystem": base + 10,
      "sequential-thinking": base + 20,
      "memory": base + 30,
      "desktop-commander": base + 40,
      "repl": base + 50,
      "playwright-mcp-server": base + 60,
    },
  });
  const { mcpServers } = await home.readJson(home.config("work"));
  const ours = (offset: number) => ({
    MCP_PORT: String(base + offset),
    MCP_SERVER_PORT: String(base + offset),
    MCP_BASE_PORT: String(base),
    CLAUDE_INSTANCE: "work",
  });
  assert.deepEqual(mcpServers, {
    "filesystem": {
      command: "npx",
      args: [
        "-y",
        "@modelcontextprotocol/server-filesystem",
        home.shown("sandboxes/work/Documents"),
      ],
      env: ours(10),
    },
    "sequential-thinking": {
      command: "npx",
      args: ["-y", "@modelcontextprotocol/server-sequential-thinking"],
      env: ours(20),
    },
    "memory": {
      command: "npx",
      args: ["-y", "@modelcontextprotocol/server-memory"],
      env: {
        MEMORY_FILE_PATH: home.shown("sandboxes/work/.local/share/memory.jsonl"),
        ...ours(30),
      },
    },
  });
  const { allocated_ports } = await home.readJson(".cmgr/port_registry.json");
  assert.deepEqual(allocated_ports, { work: base });
  const { instances } = await home.readJson(".cmgr/registry.json");
  assert.equal(instances.work.name, "work");
  assert.equal(instances.work.sandbox_path, home.shown("sandboxes/work"));
});

Deno.test("only the user can read sandbox, state and files", {
  ignore: notOnWindows("Files have no modes."),
}, async () => {
  await using home = await Home.create(null);
  await home.ok("create", "work", "--no-ports");
  await home.ok("mcp", "work", "--ports");
  const tree = await home.snapshot();
  for (const [path, entry] of Object.entries(tree)) {
    const mode = Number.parseInt(entry, 8);
    assert.equal(mode & 0o077, 0, `${path} has mode ${mode.toString(8)}`);
  }
  assert.match(tree["sandboxes/work/"], /^700/);
  assert.match(tree[home.config("work")], /^600/);
  assert.match(tree["sandboxes/work/Documents/"], /^700/);
});

Deno.test({
  name: "without settings the ranges are 9000-9099, 9100-9199 and so on",
  ignore: lacksBubblewrap() || notOnWindows("bwrap gives Wine no network of its own."),
  fn: async () => {
    await using home = await Home.create(null);
    // A network of its own, where nothing else listens.
    const by = ["bwrap", "--dev-bind", "/", "/", "--unshare-net"];
    for (const [i, name] of ["one", "two", "three"].entries()) {
      const ran = succeeded(await home.process(["create", name, "--json"], { by }));
      assert.deepEqual(JSON.parse(ran.stdout).range, { base: 9000 + i * 100, size: 100 });
    }
  },
});

Deno.test("a second instance gets the next range, and a released range is used again", async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  for (const [i, name] of ["a", "b", "c"].entries()) {
    assert.equal((await home.json("create", name)).range.base, base + i * 100);
  }
  await home.ok("remove", "b", "--yes", "--purge");
  assert.equal((await home.json("create", "d")).range.base, base + 100);
  const { instances } = await home.json("list");
  assert.deepEqual(instances.map((one: { instance: string }) => one.instance), ["a", "c", "d"]);
});

Deno.test("a range on which something listens is skipped", async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  using _listener = Deno.listen({ hostname: "127.0.0.1", port: base + 30 });
  assert.equal((await home.json("create", "work")).range.base, base + 100);
});

Deno.test("create --no-ports leaves the config without port management", async () => {
  await using home = await Home.create();
  const created = await home.json("create", "work", "--no-ports");
  assert.equal(created.range, null);
  assert.deepEqual(created.ports, {});
  assert.doesNotMatch(await home.read(home.config("work")), /MCP_PORT|CLAUDE_INSTANCE/);
});

Deno.test("--tools takes names, all or none", async () => {
  await using home = await Home.create();
  const serversOf = async (name: string, tools: string) => {
    await home.ok("create", name, "--tools", tools);
    return Object.keys((await home.readJson(home.config(name))).mcpServers);
  };
  assert.deepEqual(await serversOf("a", "memory,desktop-commander"), [
    "memory",
    "desktop-commander",
  ]);
  assert.deepEqual(await serversOf("b", "none"), []);
  const all = await serversOf("c", "all");
  for (const tool of ["filesystem", "sequential-thinking", "memory", "playwright-mcp-server"]) {
    assert.ok(all.includes(tool));
  }
  const { ports } = await home.json("status", "b");
  assert.equal(Object.keys(ports).length, 6, "the six are reserved whether or not they are there");
});

Deno.test("a create that fails midway leaves nothing behind", async () => {
  await using home = await Home.create();
  await home.ok("create", "first");
  await Deno.remove(home.at(".cmgr/registry.json"));
  await Deno.mkdir(home.at(".cmgr/registry.json"));
  const before = await home.snapshot();
  await home.fails(6, ["create", "work"]);
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("a folder that belongs to no instance is not taken over", async () => {
  await using home = await Home.create();
  await home.write("sandboxes/work/thesis.txt", "mine");
  const before = await home.snapshot();
  assert.match(await home.fails(4, ["create", "work"]), /belongs to no instance/);
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("the next create completes what a killed one left", async () => {
  await using home = await Home.create();
  await home.write(".cmgr/creating/work", "");
  await home.write("sandboxes/work/.config/Claude/claude_desktop_config.json", "{}");
  await home.write("sandboxes/.work.creating/.config/x", "");
  await home.ok("create", "work");
  const left = (await Array.fromAsync(Deno.readDir(home.at("sandboxes")))).map(({ name }) => name);
  assert.deepEqual(left, ["work"]);
});

Deno.test("create inside an instance uses the settings, not that instance's range", async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  const env = { CLAUDE_INSTANCE: "other", MCP_BASE_PORT: "31000", MCP_PORT_RANGE: "400" };
  const { stdout } = succeeded(await home.run(["create", "work", "--json"], { env }));
  assert.deepEqual(JSON.parse(stdout).range, { base, size: 100 });
});
