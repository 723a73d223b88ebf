import assert from "node:assert/strict";
import { Home, succeeded } from "./harness.ts";

Deno.test("--ports gives ports to an instance that was created without", async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  await home.ok("create", "work", "--no-ports");
  const before = await home.read(home.config("work"));
  const { range, changed, applied } = await home.json("mcp", "work", "--ports");
  assert.deepEqual({ range, changed, applied }, {
    range: { base, size: 100 },
    changed: true,
    applied: true,
  });
  const { mcpServers } = await home.readJson(home.config("work"));
  assert.equal(mcpServers.memory.env.MCP_PORT, String(base + 30));
  assert.equal((await home.json("mcp", "work", "--no-ports")).range, null);
  assert.equal(await home.read(home.config("work")), before);
});

Deno.test("--ports a second time changes no file", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const before = await home.snapshot();
  assert.equal((await home.json("mcp", "work", "--ports")).changed, false);
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("--ports regenerates after the settings changed", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.write(".cmgr/config.jsonc", '// mine\n{ "basePort": 26000, "portRange": 200, }');
  assert.deepEqual((await home.json("mcp", "work", "--ports")).range, { base: 26000, size: 200 });
  const { mcpServers } = await home.readJson(home.config("work"));
  assert.equal(mcpServers.filesystem.env.MCP_PORT, "26010");
  assert.equal(mcpServers.filesystem.env.MCP_BASE_PORT, "26000");
});

Deno.test("--ports follows MCP_BASE_PORT and MCP_PORT_RANGE", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const env = { MCP_BASE_PORT: "27000", MCP_PORT_RANGE: "150" };
  succeeded(await home.run(["mcp", "work", "--ports"], { env }));
  assert.deepEqual((await home.json("status", "work")).range, { base: 27000, size: 150 });
});

Deno.test("ranges of different sizes never overlap", async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  await home.ok("create", "a");
  await home.write(".cmgr/config.jsonc", JSON.stringify({ basePort: base, portRange: 150 }));
  assert.equal((await home.json("create", "b")).range.base, base + 150);
  await home.write(".cmgr/config.jsonc", JSON.stringify({ basePort: base, portRange: 70 }));
  assert.equal((await home.json("create", "c")).range.base, base + 350);
});

Deno.test("a server beside the six keeps its port when others come and go", async () => {
  await using home = await Home.create();
  const entry = { command: "node", args: ["/opt/x.js"] };
  const edit = async (servers: string[]) => {
    const config = await home.readJson(home.config("work"));
    const mcpServers = Object.fromEntries(
      servers.map((key) => [key, config.mcpServers[key] ?? entry]),
    );
    await home.write(home.config("work"), JSON.stringify({ ...config, mcpServers }));
    return (await home.json("mcp", "work", "--ports")).ports;
  };
  await home.ok("create", "work", "--tools", "none");
  const { beta } = await edit(["beta"]);
  const many = Array.from({ length: 29 }, (_, i) => `tool-${i}`);
  assert.equal((await edit([...many, "beta"])).beta, beta);
  assert.equal((await edit(many)).beta, beta, "reserved though the server is gone for now");
  assert.equal((await edit(["beta"])).beta, beta);
});

Deno.test("--reset-ports moves away from a range on which something listens", async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  await home.ok("create", "work");
  using _listener = Deno.listen({ hostname: "0.0.0.0", port: base + 10 });
  assert.equal((await home.json("mcp", "work", "--ports")).range.base, base, "--ports stays");
  const { range, ports } = await home.json("mcp", "work", "--reset-ports");
  assert.equal(range.base, base + 100);
  assert.equal(ports.filesystem, base + 110);
});

Deno.test("--reset-ports forgets what it gave to servers that are gone", async () => {
  await using home = await Home.create();
  const stdin = '{"mcpServers":{"gone":{"command":"x"}}}';
  succeeded(await home.run(["create", "work", "--import", "-"], { stdin }));
  assert.ok("gone" in (await home.json("status", "work")).ports);
  await home.write(home.config("work"), '{"mcpServers":{}}');
  assert.ok(!("gone" in (await home.json("mcp", "work", "--reset-ports")).ports));
});

Deno.test("a config is backed up before it changes", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const before = await home.read(home.config("work"));
  await home.ok("mcp", "work", "--no-ports");
  const backups = await Array.fromAsync(Deno.readDir(home.at(".cmgr/backups/work")));
  const texts = await Promise.all(
    backups.map(({ name }) => home.read(`.cmgr/backups/work/${name}`)),
  );
  assert.ok(texts.includes(before));
});

Deno.test("an instance whose config is gone keeps its range and gets no config", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await Deno.remove(home.at(home.config("work")));
  assert.equal((await home.json("mcp", "work", "--reset-ports")).applied, true);
  await assert.rejects(Deno.stat(home.at(home.config("work"))), Deno.errors.NotFound);
});

Deno.test("when no range is left, the error says so with its own exit code", async () => {
  await using home = await Home.create({ basePort: 65300 });
  await home.ok("create", "a");
  await home.ok("create", "b");
  const before = await home.snapshot();
  const said = await home.fails(5, ["create", "c"]);
  assert.match(said, /No range of 100 ports is free/);
  assert.match(said, /Remove an instance/);
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("when a range is full, the error names its tools", async () => {
  await using home = await Home.create();
  const servers = Array.from({ length: 100 }, (_, i) => [`tool-${i}`, { command: "x" }]);
  const stdin = JSON.stringify({ mcpServers: Object.fromEntries(servers) });
  assert.match(
    await home.fails(5, ["create", "work", "--import", "-"], { stdin }),
    /is full: no port is left for "tool-84" in addition to filesystem/,
  );
  await assert.rejects(Deno.stat(home.at("sandboxes/work")), Deno.errors.NotFound);
});
