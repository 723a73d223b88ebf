import assert from "node:assert/strict";
import { isMissing, lacksBubblewrap } from "../programs.ts";
import { Home } from "./harness.ts";
import { until } from "./stand_in.ts";
import { Said } from "./streams.ts";

const cannotCheck = isMissing("node", "nodejs") || isMissing("ss", "iproute2");

/** Answers, and listens when its tools have been asked for, after so many milliseconds. */
const server = `
const [port, afterMs] = process.argv.slice(2);
const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n");
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize") {
    say({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} },
      serverInfo: { name: "small", version: "7" } } });
  }
  if (method !== "tools/list") return;
  say({ id, result: { tools: [] } });
  if (!port) return;
  setTimeout(() => require("node:net").createServer().listen(port, "127.0.0.1"), Number(afterMs));
});
setInterval(() => {}, 1000);
`;

/** Runs a check of these entries, and gives what came of each. */
async function check(
  home: Home,
  mcpServers: Record<string, unknown>,
  // deno-lint-ignore no-explicit-any
): Promise<{ ok: boolean; by: Record<string, any> }> {
  const ran = await home.run(["create", "work", "--import", "-"], {
    stdin: JSON.stringify({ mcpServers }),
  });
  assert.equal(ran.code, 0, ran.stderr);
  await home.write("sandboxes/work/server.cjs", server);
  const { stdout, stderr } = await home.process(["check", "work", "--json", "--timeout", "60"]);
  const { ok, servers } = JSON.parse(stdout || `{"servers": [], "ok": "${stderr}"}`);
  return {
    ok,
    by: Object.fromEntries(servers.map((one: { entry: string }) => [one.entry, one])),
  };
}

const node = (code: string) => ({ command: "node", args: ["-e", code] });

Deno.test({
  name: "check says first why servers fail, whatever stream they say it on",
  ignore: cannotCheck,
  fn: async () => {
    await using home = await Home.create({ isolation: "profile" });
    const { ok, by } = await check(home, {
      usage: node('console.log("Usage: thing <folder>"); process.exit(2)'),
      key: node('console.error("GITHUB_TOKEN is not set"); process.exit(1)'),
      stack: node('throw new Error("the stars are wrong")'),
      absent: { command: "no-such-program-anywhere", args: [] },
      lost: { command: "node", args: ["-e", "1"], cwd: "/no/such/folder" },
      off: { command: "no-such-program-anywhere", disabled: true },
      away: { type: "http", url: "https://x.example/mcp" },
    });
    assert.equal(ok, false);
    assert.equal(by.usage.reason, "Usage: thing <folder> (it ended with exit code 2)");
    assert.deepEqual(by.usage.stdout, ["Usage: thing <folder>"]);
    assert.match(by.usage.advice, /arguments/);
    assert.equal(by.key.state, "needs-key");
    assert.match(by.key.reason, /^GITHUB_TOKEN is not set \(/);
    assert.match(by.stack.reason, /^Error: the stars are wrong \(/);
    assert.match(by.absent.reason, /no-such-program-anywhere: not found \(/);
    assert.match(by.lost.reason, /can't cd to \/no\/such\/folder/);
    assert.deepEqual([by.off.state, by.away.state], ["disabled", "remote"]);
    assert.match(by.away.reason, /remote server/);
    const shown = await home.process(["check", "work", "stack"]);
    assert.match(shown.stdout, /^stack: Error: the stars are wrong/m);
    const alone = await home.process(["check", "work", "off", "away"]);
    assert.equal(alone.code, 0, "what the app does not start is no failure");
    assert.match(alone.stdout, /off +disabled/);
    const { tools } = await home.json("tools", "--instance", "work");
    const notes = Object.fromEntries(
      tools.map(({ entry, note }: { entry: string; note: string }) => [entry, note]),
    );
    assert.match(notes.off, /disabled/);
    assert.match(notes.away, /remote server/);
    const listed = await home.ok("mcp", "work", "list");
    assert.match(listed, /off +\d+ +\(disabled\)/);
    assert.match(listed, /away .*remote/);
  },
});

Deno.test({
  name: "check sees a port that opens after the tools were told, and starts in the entry's folder",
  ignore: cannotCheck,
  fn: async () => {
    await using home = await Home.create({ isolation: "profile" });
    const ports = [1, 2].map(() => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      return listener.addr.port;
    });
    const { by } = await check(home, {
      late: {
        command: "node",
        args: ["server.cjs", String(ports[0]), "700"],
        cwd: home.at("sandboxes/work"),
      },
    });
    assert.equal(by.late.answered, true, by.late.reason);
    assert.deepEqual(by.late.ports.map(({ port }: { port: number }) => port), [ports[0]]);
  },
});

Deno.test({
  name: "servers that end each other are never started at once",
  ignore: cannotCheck,
  fn: async () => {
    await using home = await Home.create({ isolation: "profile" });
    const hazards = [{ kind: "ends-copies", text: "ends copies of itself" }];
    const tools = { single: { keys: ["a", "b"], hazards } };
    await home.write(".cmgr/tools.jsonc", JSON.stringify({ tools }));
    // Each notes that it runs, and fails where another does.
    const code = `
      const fs = require("node:fs"), note = __dirname + "/running";
      try { fs.writeFileSync(note, "", { flag: "wx" }); }
      catch { console.error("another runs"); process.exit(1); }
      const leave = () => { fs.rmSync(note); process.exit(); };
      process.on("SIGTERM", leave); process.stdin.on("end", leave);
      ${server}`;
    await home.write("single/single.cjs", code);
    const entry = { command: "node", args: [home.at("single/single.cjs")] };
    const { ok, by } = await check(home, { a: entry, b: entry });
    assert.equal(ok, true, `${by.a.reason} ${by.b.reason}`);
  },
});

Deno.test({
  name: "check finds in npm's log why an install script failed",
  ignore: cannotCheck || isMissing("npm", "npm") || lacksBubblewrap(),
  fn: async () => {
    await using home = await Home.create({ isolation: "bubblewrap" });
    await home.write(
      "sandboxes/pack/package.json",
      JSON.stringify({
        name: "builds-mcp",
        version: "1.0.0",
        bin: "i.js",
        scripts: { postinstall: "echo no compiler >&2; exit 7" },
      }),
    );
    await home.write("sandboxes/pack/i.js", "#!/usr/bin/env node\n");
    const packed = await new Deno.Command("npm", {
      args: ["pack", "--silent"],
      cwd: home.at("sandboxes/pack"),
      env: { npm_config_cache: home.at(".npm-pack") },
    }).output();
    assert.ok(packed.success);
    const archive = home.at("sandboxes/work/builds.tgz");
    const builds = { command: "npx", args: ["-y", "--offline", `file:${archive}`] };
    const stdin = JSON.stringify({ mcpServers: { builds } });
    await home.run(["create", "work", "--import", "-"], { stdin });
    await Deno.copyFile(home.at("sandboxes/pack/builds-mcp-1.0.0.tgz"), archive);
    const { stdout } = await home.process(["check", "work", "--json", "--timeout", "60"]);
    const [{ reason, state }] = JSON.parse(stdout).servers;
    assert.equal(state, "broken");
    assert.match(reason, /^its install script failed with exit code 7: builds-mcp@1\.0\.0 post/);
  },
});

Deno.test({
  name: "check says which server is being downloaded (needs bwrap)",
  ignore: cannotCheck || lacksBubblewrap(),
  fn: async () => {
    await using home = await Home.create();
    // What npx does: its folder of a package is complete with the lockfile.
    const npx = home.at("sandboxes/work/npx");
    const fake = `#!/bin/sh
modules="$HOME/.npm/_npx/1ab71d6be9a7b9e9/node_modules"
mkdir -p "$modules"
while ! [ -e "$HOME/arrived" ]; do sleep 0.1; done
echo '{}' > "$modules/.package-lock.json"
exec node "$HOME/server.cjs"
`;
    const ran = await home.run(["create", "work", "--import", "-"], {
      stdin: JSON.stringify({ mcpServers: { slow: { command: npx, args: ["-y", "slow-mcp"] } } }),
    });
    assert.equal(ran.code, 0, ran.stderr);
    await home.write("sandboxes/work/npx", fake, 0o700);
    await home.write("sandboxes/work/server.cjs", server);
    const child = home.spawn(["check", "work"]);
    const [stdout, stderr] = [new Said(child.stdout), new Said(child.stderr)];
    try {
      await child.stdin.close();
      await until(
        "the download is told",
        () =>
          Promise.resolve(stderr.text.includes("Waiting for 1 of 1 servers: slow (downloading)\n")),
      );
    } finally {
      await home.write("sandboxes/work/arrived", "");
    }
    assert.equal((await child.status).code, 0, stderr.text);
    await Promise.all([stdout.ended, stderr.ended]);
    assert.match(stdout.text, /^slow +yes/m);
  },
});
