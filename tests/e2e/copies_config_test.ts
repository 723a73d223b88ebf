import assert from "node:assert/strict";
import { Home, succeeded } from "./harness.ts";

/** The entries of servers of which a second copy exits, and of one that binds nothing. */
const mcpServers = {
  gmail: { command: "npx", args: ["-y", "@shinzolabs/gmail-mcp"] },
  agentation: { command: "npx", args: ["agentation-mcp", "server"], env: { MINE: "1" } },
  quiet: { command: "npx", args: ["-y", "@modelcontextprotocol/server-memory"] },
};
const text = JSON.stringify({ mcpServers, theme: "dark" }, undefined, 3);

type Entry = { command: string; args: string[]; env: Record<string, string> };

async function create(home: Home, name: string, ...options: string[]): Promise<void> {
  const args = ["create", name, "--import", "-", ...options];
  succeeded(await home.run(args, { stdin: text }), args);
}

async function entriesOf(home: Home, name: string): Promise<Record<string, Entry>> {
  return (await home.readJson(home.config(name))).mcpServers;
}

/** Whether the copies of both servers have ports of their own, in the range of this instance. */
async function assertCopies(home: Home, name: string): Promise<void> {
  const entries = await entriesOf(home, name);
  const script = home.at("sandboxes", name, ".cmgr-copy");
  const { range } = await home.json("status", name);
  for (const key of ["gmail", "agentation"]) {
    const { command, env } = entries[key];
    assert.deepEqual([command, env.CMGR_COPY_COMMAND], [script, "npx"], key);
    const ports = env.CMGR_COPY_PORTS.split(" ").map(Number);
    assert.equal(new Set(ports).size, 4);
    for (const port of ports) assert(port >= range.base && port < range.base + range.size);
    assert.equal(env.MCP_PORT, String(ports[0]));
    const { tools } = await home.json("tools", "--instance", name);
    const tool = tools.find(({ entry }: { entry: string }) => entry === key);
    assert.deepEqual([tool.by, tool.ports, tool.copyPorts], [
      "package",
      [ports[0]],
      ports.slice(1),
    ]);
  }
  assert.equal(entries.quiet.command, "npx");
  assert.equal((await Deno.stat(script)).mode! & 0o777, 0o700);
  assert.equal((await home.json("mcp", name, "--ports")).changed, false, "again changes nothing");
}

/** Tests of what is done on Linux alone. */
function test(name: string, fn: (home: Home) => Promise<void>): void {
  Deno.test({
    name,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      await using home = await Home.create();
      await fn(home);
    },
  });
}

test("copies get ports at create, are shown, and --no-ports undoes it to the byte", async (home) => {
  await create(home, "work");
  await assertCopies(home, "work");
  const { env } = (await entriesOf(home, "work")).gmail;
  const [, ...further] = env.CMGR_COPY_PORTS.split(" ");
  assert.match(
    await home.ok("tools", "--instance", "work"),
    new RegExp(`^gmail .*; further copies: ${further.join(", ")} +PORT and AUTH_SERVER_PORT$`, "m"),
  );
  assert.match(
    await home.ok("ports", "work"),
    new RegExp(`^ +${further[2]} +gmail \\(copy 4\\) `, "m"),
  );
  const { copy, tool } = await home.json("ports", "--who", further[0]);
  assert.deepEqual([copy, tool], [2, "gmail"]);
  assert.match(
    await home.ok("mcp", "work", "list"),
    /^gmail +\d+ +npx -y @shinzolabs\/gmail-mcp$/m,
  );
  await home.ok("mcp", "work", "--no-ports");
  assert.equal(await home.read(home.config("work")), text);
});

test("an instance from before, and one that was without ports, gets them by --ports", async (home) => {
  await create(home, "work", "--no-ports");
  assert.equal(await home.read(home.config("work")), text);
  const { ports } = await home.json("mcp", "work", "--ports");
  assert.equal(typeof ports.gmail, "number", "the port of a tool is what it was");
  await assertCopies(home, "work");
});

test("rename, clone, remove and restore keep copies and what the user wrote", async (home) => {
  await create(home, "work");
  const before = await home.readJson(".cmgr/port_registry.json");
  await home.ok("rename", "work", "job");
  await assertCopies(home, "job");
  const after = await home.readJson(".cmgr/port_registry.json");
  assert.deepEqual(after.instances.job, before.instances.work);
  await home.ok("clone", "job", "twin");
  await assertCopies(home, "twin");
  await home.ok("remove", "twin", "--yes");
  await home.ok("restore", "twin", "--as", "back");
  await assertCopies(home, "back");
  for (const name of ["job", "back"]) {
    await home.ok("mcp", name, "--no-ports");
    assert.equal(await home.read(home.config(name)), text);
  }
});

test("servers that were started through the script in one instance are in another", async (home) => {
  await create(home, "work");
  await home.ok("create", "other", "--tools", "none");
  await home.ok("import-config", "other", "work");
  await assertCopies(home, "other");
  const stdin = await home.read(home.config("work"));
  succeeded(await home.run(["create", "third", "--import", "-"], { stdin }));
  await assertCopies(home, "third");
  await home.ok("mcp", "third", "--no-ports");
  const { gmail } = await entriesOf(home, "third");
  assert.deepEqual([gmail.command, gmail.args], ["npx", ["-y", "@shinzolabs/gmail-mcp"]]);
  assert(!JSON.stringify(await entriesOf(home, "third")).includes("CMGR_COPY"));
});

test("a pin is the port of the first copy, and a copy's port cannot be pinned", async (home) => {
  await create(home, "work");
  const { env } = (await entriesOf(home, "work")).gmail;
  const [own, second] = env.CMGR_COPY_PORTS.split(" ");
  await home.ok("mcp", "work", "--pin", "gmail=3000");
  const pinned = (await entriesOf(home, "work")).gmail.env.CMGR_COPY_PORTS.split(" ");
  assert.deepEqual(pinned, ["3000", ...env.CMGR_COPY_PORTS.split(" ").slice(1)]);
  assert.match(
    await home.fails(4, ["mcp", "work", "--pin", `quiet=${second}`]),
    /is the port of "gmail"/,
  );
  await home.ok("mcp", "work", "--unpin", "gmail");
  assert.equal((await entriesOf(home, "work")).gmail.env.MCP_PORT, own);
  await home.ok("mcp", "work", "--reset-ports");
  await assertCopies(home, "work");
});

test("what was lost is rebuilt from the config, copies included", async (home) => {
  await create(home, "work");
  const config = await home.read(home.config("work"));
  const before = await home.readJson(".cmgr/port_registry.json");
  await Deno.remove(home.at(".cmgr/port_registry.json"));
  await Deno.remove(home.at(".cmgr/replaced"), { recursive: true });
  await home.ok("doctor", "--fix", "--yes");
  assert.deepEqual((await home.readJson(".cmgr/port_registry.json")).instances, before.instances);
  assert.equal(await home.read(home.config("work")), config);
  await home.ok("mcp", "work", "--no-ports");
  const { gmail, agentation } = await entriesOf(home, "work");
  assert.deepEqual([gmail.command, agentation.command], ["npx", "npx"]);
  assert.doesNotMatch(await home.read(home.config("work")), /CMGR_COPY/);
});

test("a backup from before, with the script or without, is put back with it", async (home) => {
  await create(home, "work", "--no-ports");
  await home.ok("mcp", "work", "--ports");
  await home.ok("mcp", "work", "remove", "quiet");
  await home.ok("config", "work", "--restore");
  await assertCopies(home, "work");
});

test("a rule of the user's turns the script off", async (home) => {
  const rule = { gmail: { secondCopy: "shares" }, agentation: { secondCopy: "attaches" } };
  await create(home, "work");
  await home.write(".cmgr/tools.jsonc", JSON.stringify({ tools: rule }));
  await home.ok("mcp", "work", "--ports");
  assert.doesNotMatch(await home.read(home.config("work")), /CMGR_COPY|cmgr-copy/);
  assert.equal((await home.readJson(".cmgr/port_registry.json")).instances.work.copies, undefined);
  await home.ok("mcp", "work", "--no-ports");
  assert.equal(await home.read(home.config("work")), text);
});

test("neither doctor nor status finds a fault with the script in place of a command", async (home) => {
  await create(home, "work");
  const { warnings } = await home.json("status", "work");
  assert.deepEqual(warnings.filter((text: string) => /cmgr-copy|CMGR/.test(text)), []);
  const { stdout } = await home.run(["doctor", "work", "--json"]);
  assert.doesNotMatch(stdout, /cmgr-copy/);
});
