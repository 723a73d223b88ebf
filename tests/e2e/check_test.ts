import assert from "node:assert/strict";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { Home } from "./harness.ts";

/** Whether a check has nothing to start, or no program that lists ports. */
const cannotCheck = any(isMissing("node", "nodejs"), isMissing("ss", "iproute2"));

/** A small server: answers, and does beside that what its first argument says. */
const server = `
const net = require("node:net");
const { spawn } = require("node:child_process");
const [what, value] = process.argv.slice(2);
if (what === "silent") { setInterval(() => {}, 1000); return; }
if (what === "fails") { console.error("no key: " + process.env.API_TOKEN); process.exit(3); }
if (what === "stays") process.on("SIGTERM", () => {});
const listen = (port) => net.createServer().listen(port, "127.0.0.1");
if (what === "listens") listen(Number(value === "own" ? process.env.MCP_PORT : value));
if (what === "detaches") {
  const code = "process.on('SIGTERM', () => {}); require('node:net').createServer()" +
    ".listen(" + process.env.MCP_PORT + ", '127.0.0.1'); setInterval(() => {}, 1000)";
  spawn(process.execPath, ["-e", code], { detached: true, stdio: "ignore" }).unref();
}
if (what === "shows") console.error(JSON.stringify(process.env));
const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n");
if (what === "chatters") process.stdout.write("this is no message\\n");
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize") {
    say({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} },
      serverInfo: { name: "small", version: "7" } } });
  }
  if (method === "tools/list") {
    const name = params && params.cursor ? "second" : "first";
    const tools = [{ name, inputSchema: { type: "object" } }];
    say({ id, result: { tools, ...(name === "first" ? { nextCursor: "more" } : {}) } });
  }
});
setInterval(() => {}, 1000);
`;

type Entries = Record<string, readonly string[]>;

async function withServers(
  home: Home,
  entries: Entries,
  env: Record<string, string> = {},
): Promise<{ range: { base: number; size: number }; ports: Record<string, number> }> {
  // Written before create: an isolated instance sees no more of the home than its own folder.
  const mcpServers = Object.fromEntries(
    Object.entries(entries).map(([key, args]) => [key, {
      command: "node",
      args: [home.at("sandboxes/work/server.cjs"), ...args],
      env,
    }]),
  );
  const stdin = JSON.stringify({ mcpServers });
  const ran = await home.run(["create", "work", "--import", "-", "--json"], { stdin });
  await home.write("sandboxes/work/server.cjs", server);
  return JSON.parse(ran.stdout);
}

/** What of the home's servers still runs. */
async function left(home: Home): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["axeww", "-o", "pid=,command="] })
    .output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) =>
    line.includes(home.path) && /\bnode\b/.test(line)
  );
}

for (const isolation of ["profile", "bubblewrap"]) {
  const ignore = cannotCheck || isolation === "bubblewrap" && lacksBubblewrap();
  const name = (text: string) => `${text} (${isolation})`;

  Deno.test({
    name: name("check tells which servers answer, why not, and on which ports they listen"),
    ignore,
    fn: async () => {
      await using home = await Home.create({ isolation });
      const outside = await freePort();
      const { range, ports } = await withServers(home, {
        plain: ["plain"],
        inside: ["listens", "own"],
        outside: ["listens", String(outside)],
        detached: ["detaches"],
        chatty: ["chatters"],
        stubborn: ["stays"],
        broken: ["fails"],
      }, { API_TOKEN: "sk-very-secret-value-1234567890" });
      const ran = await home.process(["check", "work", "--json", "--timeout", "60"]);
      assert.equal(ran.code, 1, ran.stderr);
      const found = JSON.parse(ran.stdout);
      assert.deepEqual([found.ok, found.isolation, found.range, found.left], [
        false,
        isolation,
        range,
        [],
      ]);
      const by = Object.fromEntries(
        found.servers.map((one: { entry: string }) => [one.entry, one]),
      );
      for (const key of ["plain", "inside", "outside", "detached", "chatty", "stubborn"]) {
        assert.deepEqual([by[key].answered, by[key].tools, by[key].reason], [true, 2, null], key);
        assert.deepEqual(by[key].server, { name: "small", version: "7" });
        assert(by[key].durationMs > 0);
      }
      const addresses = ["127.0.0.1"];
      assert.deepEqual(by.plain.ports, []);
      assert.deepEqual(by.inside.ports, [{ port: ports.inside, addresses, place: "range" }]);
      assert.deepEqual(by.detached.ports, [{ port: ports.detached, addresses, place: "range" }]);
      assert.deepEqual(by.outside.ports, [{ port: outside, addresses, place: "outside" }]);
      assert.equal(by.broken.answered, false);
      assert.match(by.broken.reason, /exit code 3/);
      assert.match(by.broken.stderr.join("\n"), /no key: /);
      assert.doesNotMatch(ran.stdout + ran.stderr, /sk-very-secret/, "secrets are never shown");
      assert.deepEqual(await left(home), [], "everything that was started is gone");
    },
  });

  Deno.test({
    name: name(
      "a server that says nothing is given up after its time, and named servers alone run",
    ),
    ignore,
    fn: async () => {
      await using home = await Home.create({ isolation });
      await withServers(home, { mute: ["silent"], plain: ["plain"], broken: ["fails"] });
      const ran = await home.process([
        "check",
        "work",
        "mute",
        "plain",
        "--json",
        "--timeout",
        "8",
      ]);
      const { servers } = JSON.parse(ran.stdout);
      assert.deepEqual(servers.map(({ entry }: { entry: string }) => entry), ["mute", "plain"]);
      assert.match(servers[0].reason, /not answered within 8 s/);
      assert.equal(servers[1].answered, true);
      assert.deepEqual(await left(home), []);
      assert.equal(JSON.parse(await home.program.ok("check", "work", "plain", "--json")).ok, true);
    },
  });

  Deno.test({
    name: name("an interrupted check ends everything that it started"),
    ignore,
    fn: async () => {
      await using home = await Home.create({ isolation });
      await withServers(home, { mute: ["silent"], stubborn: ["stays"], detached: ["detaches"] });
      const child = home.spawn(["check", "work"]);
      const errors = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
      let said = "";
      // Progress is told while it runs.
      while (!/^Waiting for 1 of 3 servers: mute /m.test(said)) {
        const { done, value } = await errors.read();
        assert(!done, said);
        said += value;
      }
      child.kill("SIGINT");
      while (true) {
        const { done, value } = await errors.read();
        if (done) break;
        said += value;
      }
      const [{ code }] = await Promise.all([
        child.status,
        child.stdin.close(),
        child.stdout.cancel(),
      ]);
      assert.equal(code, 130);
      assert.match(said, /error: The check was interrupted/);
      assert.deepEqual(await left(home), []);
    },
  });

  Deno.test({
    name: name("a server gets the app's few variables and those of its entry, no others"),
    ignore,
    fn: async () => {
      await using home = await Home.create({ isolation });
      await withServers(home, { shown: ["shows", "-"] }, { MINE: "1" });
      // Its words are shown only when it fails, so it fails to be a server of this kind.
      const text = (await home.read("sandboxes/work/server.cjs"))
        .replace(
          "console.error(JSON.stringify(process.env));",
          `
          require("node:fs").writeFileSync(__dirname + "/env.json", JSON.stringify(process.env));`,
        );
      await home.write("sandboxes/work/server.cjs", text);
      await home.process(["check", "work"], { env: { LANG: "C", DISPLAY: ":9", USER: "me" } });
      const names = Object.keys(await home.readJson("sandboxes/work/env.json"));
      const expected = ["CLAUDE_INSTANCE", "CMGR_CHECK", "HOME", "MCP_BASE_PORT", "MCP_PORT"];
      const more = ["MCP_SERVER_PORT", "MINE", "PATH", "USER"];
      // bubblewrap says where it starts.
      assert.deepEqual(names.filter((name) => name !== "PWD").sort(), [...expected, ...more]);
    },
  });
}

Deno.test({
  name: "check does not start a server that would kill the owner of its port",
  ignore: cannotCheck,
  fn: async () => {
    await using home = await Home.create({ isolation: "profile" });
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const hazards = [{ kind: "exclusive", text: "ends whatever holds its port" }];
    const rule = { keys: ["alone"], ports: [{ default: port }], hazards };
    await home.write(".cmgr/tools.jsonc", JSON.stringify({ tools: { single: rule } }));
    await withServers(home, { alone: ["listens", String(port)], plain: ["plain"] });
    const ran = await home.process(["check", "work", "--json"]);
    assert.equal(ran.code, 1);
    const [alone, plain] = JSON.parse(ran.stdout).servers;
    assert.match(alone.reason, /^it was not started: it ends whatever holds its port/);
    assert.deepEqual([alone.answered, alone.durationMs, alone.ports], [false, 0, []]);
    assert.equal(plain.answered, true);
  },
});

Deno.test("check refuses what it does not know", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "memory");
  assert.match(await home.fails(3, ["check", "nobody"]), /no instance/);
  assert.match(await home.fails(2, ["check", "work", "nobody"]), /There are: memory/);
  for (const time of ["0", "-1", "x", "1e9"]) {
    await home.fails(2, ["check", "work", `--timeout=${time}`]);
  }
});

Deno.test({
  name: "a config without servers has nothing to check",
  ignore: cannotCheck,
  fn: async () => {
    await using home = await Home.create();
    await home.ok("create", "empty", "--tools", "none");
    assert.deepEqual((await home.program.json("check", "empty")).servers, []);
  },
});

async function freePort(): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return await Promise.resolve(port);
}
