import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { isMissing } from "../programs.ts";
import { Home, succeeded } from "./harness.ts";

const folder = new URL("../fixtures/configs/", import.meta.url);
const owned = ["MCP_PORT", "MCP_SERVER_PORT", "MCP_BASE_PORT", "CLAUDE_INSTANCE"];

for (const { name } of Deno.readDirSync(folder)) {
  const path = fileURLToPath(new URL(name, folder));

  Deno.test(`${name} is imported with everything in it, and only ports are added`, async () => {
    await using home = await Home.create();
    const before = Deno.readTextFileSync(path);
    const config = home.config("work");
    succeeded(await home.run(["create", "work", "--import", "-"], { stdin: before }));
    const after = await home.read(config);

    assert.ok(isSubsequence(withoutOwnValues(before), after), "no byte is lost or moved");
    assert.deepEqual(withoutOwned(JSON.parse(after)), withoutOwned(JSON.parse(before)));
    const { range, ports } = await home.json("status", "work");
    const given: number[] = [];
    for (const [server, entry] of Object.entries<Entry>(JSON.parse(after).mcpServers)) {
      if (entry.command === undefined) {
        assert.equal(entry.env, undefined, "an entry that starts nothing needs no port");
        continue;
      }
      const { MCP_PORT, MCP_SERVER_PORT, MCP_BASE_PORT, CLAUDE_INSTANCE } = entry.env!;
      assert.equal(MCP_PORT, MCP_SERVER_PORT);
      assert.equal(MCP_BASE_PORT, String(range.base));
      assert.equal(CLAUDE_INSTANCE, "work");
      const port = Number(MCP_PORT);
      assert.ok(port >= range.base + 10 && port <= range.base + 99, server);
      given.push(port);
    }
    assert.equal(new Set(given).size, given.length, "no two servers share a port");
    for (const port of given) assert.ok(Object.values(ports).flat().includes(port));

    assert.equal((await home.json("mcp", "work", "--ports")).changed, false);
    assert.equal(await home.read(config), after, "again changes nothing");

    await home.ok("mcp", "work", "--no-ports");
    assert.equal(await home.read(config), before, "without ports it is what it was, to the byte");
  });
}

Deno.test("real configs of six kinds are tested", () => {
  assert.ok([...Deno.readDirSync(folder)].length >= 6);
});

Deno.test("--import from a file is refused, with the command that works", async () => {
  await using home = await Home.create();
  assert.match(
    await home.fails(2, ["create", "work", "--import", "/etc/my hosts"]),
    /"\/etc\/my hosts" cannot be read[^]*cmgr create work --import - < '\/etc\/my hosts'/,
  );
});

Deno.test("a config of another instance comes without that instance's ports", async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  await home.ok("create", "a");
  const stdin = await home.read(home.config("a"));
  succeeded(await home.run(["create", "b", "--import", "-"], { stdin }));
  const text = await home.read(home.config("b"));
  assert.equal(JSON.parse(text).mcpServers.filesystem.env.MCP_PORT, String(base + 110));
  await home.ok("mcp", "b", "--no-ports");
  assert.doesNotMatch(await home.read(home.config("b")), /MCP_PORT|CLAUDE_INSTANCE/);
});

interface Entry {
  readonly command?: string;
  readonly env?: Record<string, string>;
}

// deno-lint-ignore no-explicit-any
function withoutOwned(config: any): unknown {
  for (const entry of Object.values<{ env?: Record<string, unknown> }>(config.mcpServers)) {
    for (const key of owned) delete entry.env?.[key];
    if (entry.env && Object.keys(entry.env).length === 0) delete entry.env;
  }
  return config;
}

/** Values that cmgr owns give way to its own. */
function withoutOwnValues(text: string): string {
  return owned.reduce(
    (text, key) => text.replaceAll(new RegExp(`("${key}":\\s*)"[^"]*"`, "g"), "$1"),
    text,
  );
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const character of whole) if (character === part[at]) at++;
  return at === part.length;
}

Deno.test({
  name: "nothing that an imported config names is started, but by start and check",
  ignore: isMissing("ss", "iproute2"),
  fn: async () => {
    await using home = await Home.create({ isolation: "profile" });
    await home.write("theirs", '#!/bin/sh\necho >>"${0%/*}/started"\n', 0o700);
    const theirs = { command: home.at("theirs"), args: ["$(exit)", "`exit`"] };
    const stdin = JSON.stringify({ mcpServers: { theirs } });
    succeeded(await home.run(["create", "work", "--import", "-"], { stdin }));
    succeeded(await home.run(["import-config", "work", "-", "--overwrite"], { stdin }));
    for (
      const args of [
        ["list", "--long"],
        ["status", "work"],
        ["mcp", "work", "list"],
        ["mcp", "work", "--reset-ports"],
        ["config", "work", "--diff"],
        ["tools", "--instance", "work"],
        ["clone", "work", "other"],
        ["rename", "other", "more"],
        ["doctor", "--fix"],
      ]
    ) assert.ok([0, 1].includes((await home.run(args)).code), args.join(" "));
    await assert.rejects(Deno.lstat(home.at("started")), Deno.errors.NotFound);
    assert.equal((await home.program.run(["check", "work"])).code, 1);
    assert.ok(await Deno.lstat(home.at("started")));
  },
});
