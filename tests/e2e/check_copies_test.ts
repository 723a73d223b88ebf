import assert from "node:assert/strict";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { Home } from "./harness.ts";
import { until } from "./stand_in.ts";

const cannotCheck = any(isMissing("node", "nodejs"), isMissing("ss", "iproute2"));

/** Answers, and does beside that what its first argument says. */
const server = `
const fs = require("node:fs");
const [what, value] = process.argv.slice(2);
fs.appendFileSync(__dirname + "/" + what + ".txt", "started\\n");
const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n");
const answer = ({ id, method, params }) => {
  if (method === "server/discover" && what !== "mute") say({ id, error: { code: -32601, message: "?" } });
  if (method === "initialize") {
    say({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} },
      serverInfo: { name: "small", version: "7" } } });
  }
  if (method === "tools/list") {
    say({ id, result: { tools: [] } });
    // Ends the copy that came before it, once both have answered.
    if (what === "kills") {
      const others = fs.readFileSync(__dirname + "/pids.txt", "utf8").trim().split("\\n").map(Number);
      const [first] = others;
      if (others.length > 1 && first !== process.pid) process.kill(first, "SIGKILL");
    }
  }
};
const serve = () => require("node:readline").createInterface({ input: process.stdin })
  .on("line", (line) => answer(JSON.parse(line))).on("close", () => process.exit());
if (what === "listens") {
  const listener = require("node:net").createServer();
  listener.on("error", (error) => { console.error(String(error)); process.exit(1); });
  listener.listen(Number(value), "127.0.0.1", serve);
} else if (what === "kills") {
  // The probe is none of the copies.
  process.stdin.once("data", (data) => {
    process.stdin.unshift(data);
    if (!String(data).includes("discover")) fs.appendFileSync(__dirname + "/pids.txt", process.pid + "\\n");
    serve();
  });
} else serve();
`;

/** Creates an instance with servers of these arguments. */
async function create(home: Home, entries: Record<string, readonly string[]>): Promise<void> {
  const mcpServers = Object.fromEntries(
    Object.entries(entries).map(([key, args]) => [key, {
      command: "node",
      args: [home.at("sandboxes/work/server.cjs"), ...args],
    }]),
  );
  const stdin = JSON.stringify({ mcpServers });
  const { code, stderr } = await home.run(["create", "work", "--import", "-"], { stdin });
  assert.equal(code, 0, stderr);
  await home.write("sandboxes/work/server.cjs", server);
}

async function freePort(): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return await Promise.resolve(port);
}

for (const isolation of ["profile", "bubblewrap"]) {
  Deno.test({
    name: `check --as-app starts a probe and two copies, and names a clash as one (${isolation})`,
    ignore: any(cannotCheck, isolation === "bubblewrap" && lacksBubblewrap()),
    fn: async () => {
      await using home = await Home.create({ isolation });
      const port = await freePort();
      await create(home, { plain: ["plain"], mute: ["mute"], fixed: ["listens", String(port)] });
      const ran = await home.process(["check", "work", "--as-app", "--json", "--timeout", "60"]);
      assert.equal(ran.code, 1, ran.stderr);
      const { asApp, ok, servers: [plain, mute, fixed], left } = JSON.parse(ran.stdout);
      assert.deepEqual([asApp, ok, left], [true, false, []]);
      assert.deepEqual([plain.state, plain.answered], ["answered", true]);
      assert.deepEqual([mute.state, mute.probe], ["answered", "silent"]);
      type Copy = { copy: number; state: string; reason: string | null };
      assert.deepEqual(plain.copies.map(({ copy }: Copy) => copy), [1, 2]);
      assert.deepEqual([fixed.state, fixed.answered], ["clash", false]);
      const states = fixed.copies.map(({ state }: Copy) => state);
      assert.deepEqual(states.sort(), ["answered", "clash"]);
      const failed = fixed.copies.find(({ state }: Copy) => state === "clash");
      assert.match(
        failed.reason,
        new RegExp(`^a clash: the other copy has port ${port}: .*EADDRINUSE.*exit code 1`),
      );
      assert.equal(fixed.reason, `copy ${failed.copy}: ${failed.reason}`);
      assert.match(failed.advice, /cmgr learn work fixed$/);
      const shown = await home.process(["check", "work", "fixed", "--as-app"]);
      assert.match(shown.stdout, /^SERVER +COPY +ANSWER /);
      assert.match(shown.stdout, /^(fixed +1|  +2) +clash /m);
      assert.match(shown.stdout, /^fixed, copy [12]: a clash: the other copy has port /m);
    },
  });
}

Deno.test({
  name: "the probe is a copy of its own, and its answer is told",
  ignore: cannotCheck,
  fn: async () => {
    await using home = await Home.create({ isolation: "profile" });
    await create(home, { plain: ["plain"] });
    // On a busy machine it does not answer in its time.
    await until("the probe is answered", async () => {
      await home.write("sandboxes/work/plain.txt", "");
      const ran = await home.program.json("check", "work", "--as-app");
      return ran.servers[0].probe === "answered";
    });
    assert.equal(await home.read("sandboxes/work/plain.txt"), "started\n".repeat(3));
  },
});

Deno.test({
  name: "a copy that the other one ends is a clash, even when it had answered",
  ignore: cannotCheck,
  fn: async () => {
    await using home = await Home.create({ isolation: "profile" });
    await create(home, { only: ["kills"] });
    const ran = await home.process(["check", "work", "--as-app", "--json", "--timeout", "60"]);
    const [only] = JSON.parse(ran.stdout).servers;
    assert.equal(only.state, "clash", JSON.stringify(only));
    assert.match(only.reason, /the other copy ended it: .*SIGKILL/);
  },
});

Deno.test({
  name: "a port that neither copy has is no clash between them",
  ignore: cannotCheck,
  fn: async () => {
    await using home = await Home.create({ isolation: "profile" });
    using held = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await create(home, { fixed: ["listens", String(held.addr.port)] });
    const ran = await home.process(["check", "work", "--as-app", "--json", "--timeout", "60"]);
    const [fixed] = JSON.parse(ran.stdout).servers;
    assert.equal(fixed.state, "broken");
    assert.match(fixed.reason, /^copy 1: .*EADDRINUSE.*; copy 2: .*EADDRINUSE/);
  },
});

Deno.test({
  name: "without --as-app one copy of each runs, and none is told of",
  ignore: cannotCheck,
  fn: async () => {
    await using home = await Home.create({ isolation: "profile" });
    await create(home, { plain: ["plain"] });
    const { asApp, servers: [plain] } = JSON.parse(
      await home.program.ok("check", "work", "--json"),
    );
    assert.deepEqual([asApp, plain.probe, plain.copies], [false, null, []]);
    assert.equal(await home.read("sandboxes/work/plain.txt"), "started\n");
  },
});
