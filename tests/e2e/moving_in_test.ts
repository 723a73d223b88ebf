import assert from "node:assert/strict";
import { Home } from "./harness.ts";

/** One entry as the original's generator writes it. */
function entry(instance: string, pkg: string, base: number, offset: number): string {
  return `{
      "command": "npx",
      "args": [
        "-y",
        "${pkg}",
        "--port",
        "${base + offset}"
      ],
      "env": {
        "DISPLAY": ":0",
        "MCP_PORT": "${base + offset}",
        "MCP_SERVER_PORT": "${base + offset}",
        "MCP_BASE_PORT": "${base}",
        "CLAUDE_INSTANCE": "${instance}",
        "HOME": "/home/claude"
      }
    }`;
}

function config(instance: string, base: number): string {
  const servers: [string, string, number][] = [
    ["filesystem", "@modelcontextprotocol/filesystem", 10],
    ["sequential-thinking", "@modelcontextprotocol/sequential-thinking", 20],
    ["memory", "@modelcontextprotocol/memory", 30],
    ["desktop-commander", "@modelcontextprotocol/desktop-commander", 40],
    ["repl", "@modelcontextprotocol/repl", 50],
    ["@executeautomation-playwright-mcp-server", "@executeautomation/playwright-mcp-server", 60],
  ];
  const written = servers.map(([key, pkg, offset]) =>
    `    "${key}": ${entry(instance, pkg, base, offset)}`
  );
  return `{
  "showTray": true,
  "electronInitScript": "/home/claude/.config/Claude/electron/preload.js",
  "mcpServers": {
${written.join(",\n")}
  }
}
`;
}

/** A home as the original leaves it: two instances with the same range, modes of a usual umask. */
async function original(): Promise<Home> {
  const home = await Home.create(undefined);
  const names = ["work", "personal"];
  const instances = Object.fromEntries(names.map((name, i) => [name, {
    name,
    sandbox_path: home.at("sandboxes", name),
    created_date: `2025-04-0${i + 1}T12:00:00+02:00`,
    build_format: "deb",
    running: true,
  }]));
  await home.write(".cmgr/registry.json", JSON.stringify({ instances }, undefined, 2), 0o644);
  await home.write(
    ".cmgr/port_registry.json",
    JSON.stringify({ allocated_ports: { work: 9100, personal: 9100 } }, undefined, 2),
    0o644,
  );
  for (const name of names) await home.write(home.config(name), config(name, 9100), 0o644);
  return home;
}

Deno.test("files of the original are used as they are from the first command on", async () => {
  await using home = await original();
  const before = await home.snapshot();
  const { instances } = await home.json("list");
  assert.deepEqual(
    // deno-lint-ignore no-explicit-any
    instances.map(({ instance, status, range }: any) => [instance, status, range]),
    [
      ["personal", "stopped", { base: 9100, size: 100 }],
      ["work", "stopped", { base: 9100, size: 100 }],
    ],
    "the flag `running` is nobody's word for it",
  );
  const status = await home.json("status", "work");
  assert.equal(status.ports.filesystem, 9110);
  assert.equal(status.ports["playwright-mcp-server"], 9160);
  assert.deepEqual(await home.snapshot(), before, "looking changes nothing");
});

Deno.test("instances that share a range are found, reported, and separated by doctor --fix", async () => {
  await using home = await original();
  const found = await home.run(["doctor", "--json"]);
  assert.equal(found.code, 1);
  // deno-lint-ignore no-explicit-any
  const shared = JSON.parse(found.stdout).checks.filter(({ name }: any) => name === "ranges");
  assert.equal(shared.length, 1);
  assert.match(
    shared[0].message,
    /"personal" \(9100-9199\) shares ports with "work" \(9100-9199\)/,
  );

  const mended = await home.run(["doctor", "--fix", "--json"]);
  assert.equal(mended.code, 0, mended.stdout);
  const work = await home.json("status", "work");
  const personal = await home.json("status", "personal");
  assert.equal(work.range.base, 9100, "who came first keeps the range");
  assert.notEqual(personal.range.base, 9100);
  const { mcpServers, showTray } = await home.readJson(home.config("personal"));
  assert.equal(showTray, true);
  for (const [key, tool] of [["memory", "memory"], ["repl", "repl"]]) {
    const { env } = mcpServers[key];
    assert.equal(env.MCP_PORT, String(personal.ports[tool]));
    assert.equal(env.MCP_BASE_PORT, String(personal.range.base));
    assert.equal(env.DISPLAY, ":0");
  }
  assert.equal(
    JSON.stringify(await home.readJson(home.config("work"))),
    JSON.stringify(JSON.parse(config("work", 9100))),
    "the other one's config says what it said",
  );
  const paths = Object.keys(await home.snapshot());
  assert.ok(paths.some((path) => /repairs\/.*port_registry\.json$/.test(path)));
});

Deno.test("servers that the original wrote and that cannot start are named, with a replacement", async () => {
  await using home = await original();
  const { stdout } = await home.run(["doctor", "work", "--json"]);
  // deno-lint-ignore no-explicit-any
  const found = JSON.parse(stdout).checks.filter(({ message }: any) =>
    /cannot start/.test(message)
  );
  assert.equal(found.length, 5);
  const [filesystem] = found;
  assert.match(filesystem.message, /npm has no package @modelcontextprotocol\/filesystem$/);
  const hints: string[] = filesystem.hint.match(/cmgr mcp [^;]+/g);
  for (const hint of hints) await home.ok(...hint.trim().split(" ").slice(1));
  const { filesystem: entry } = (await home.readJson(home.config("work"))).mcpServers;
  assert.deepEqual(entry.args, ["-y", "@modelcontextprotocol/server-filesystem"]);
  assert.equal(entry.env.MCP_PORT, "9110");
});

Deno.test("the original can read what cmgr writes: its fields keep their places", async () => {
  await using home = await original();
  await home.ok("create", "third");
  const registry = await home.readJson(".cmgr/registry.json");
  assert.deepEqual(Object.keys(registry.instances), ["work", "personal", "third"]);
  assert.equal(registry.instances.work.build_format, "deb");
  assert.equal(registry.instances.third.sandbox_path, home.at("sandboxes/third"));
  const { allocated_ports } = await home.readJson(".cmgr/port_registry.json");
  assert.equal(allocated_ports.work, 9100);
  assert.equal(typeof allocated_ports.third, "number");
});

Deno.test("a truncated port registry of the original is rebuilt from its configs", async () => {
  await using home = await original();
  await home.write(home.config("personal"), config("personal", 9300));
  await home.write(".cmgr/port_registry.json", "");
  assert.equal((await home.run(["doctor", "--fix"])).code, 0);
  assert.equal((await home.json("status", "work")).range.base, 9100);
  assert.equal((await home.json("status", "personal")).range.base, 9300);
});
