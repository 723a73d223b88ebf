import assert from "node:assert/strict";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { Home, type Ran } from "../e2e/harness.ts";
import { answers } from "../e2e/mcp_answers.ts";

/** Whether something is missing that a server needs to be tried. */
const cannotLearn = any(
  isMissing("node", "nodejs"),
  isMissing("ss", "iproute2"),
  lacksBubblewrap(),
);

/** A server, in so far as its code differs: it calls `listen`, and what a second copy does is up to it. */
const servers = {
  variable: "listen(Number(process.env.BRIDGE_PORT || PORT), () => process.exit(1));",
  flag: `
    const at = process.argv.indexOf("--bridge-port");
    const first = at === -1 ? PORT : Number(process.argv[at + 1]);
    const next = (port) => listen(port, () => next(port + 1));
    next(first);`,
  fixed: `
    const fs = require("node:fs");
    const take = () => listen(PORT, () => {
      try { process.kill(Number(fs.readFileSync("/tmp/owner", "utf8")), "SIGKILL"); } catch {}
      setTimeout(take, 50);
    }, () => fs.writeFileSync("/tmp/owner", String(process.pid)));
    take();`,
  strict: `
    if (process.env.BRIDGE_PORT) process.exit(3);
    listen(PORT, () => {});`,
  quiet: "",
  online: `
    ready = new Promise((connected) =>
      net.connect(PORT, "127.0.0.1").on("connect", connected).on("error", () => {})
    );`,
  silent: "process.stdin.removeAllListeners('data'); mute = true;",
};

const common = `
const net = require("node:net");
let mute = false;
function listen(port, busy, opened = () => {}) {
  const server = net.createServer();
  server.once("error", busy).once("listening", opened).listen(port, "127.0.0.1");
}
let ready = Promise.resolve();
const say = async (message) => {
  await ready;
  if (!mute) process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n");
};
${answers("small", "first")}
`;

/** How long learning may take on a slow machine, in milliseconds. */
const limitMs = 600_000;

type Name = keyof typeof servers;

/** A home with an instance that has these servers, each of a package of its own. */
async function homeWith(...names: Name[]): Promise<{ home: Home; port: number }> {
  const home = await Home.create({ isolation: "bubblewrap" });
  const port = freePort();
  const entry = (name: Name) => home.at(`sandboxes/work/${name}/server.cjs`);
  const mcpServers = Object.fromEntries(
    names.map((name) => [name, { command: "node", args: [entry(name)] }]),
  );
  await home.run(["create", "work", "--import", "-"], { stdin: JSON.stringify({ mcpServers }) });
  for (const name of names) {
    const code = servers[name].replaceAll("PORT)", `${port})`).replaceAll("PORT,", `${port},`)
      .replaceAll("? PORT", `? ${port}`);
    await home.write(`sandboxes/work/${name}/server.cjs`, common + code);
    const manifest = { name: `${name}-mcp`, version: "1.2.3" };
    await home.write(`sandboxes/work/${name}/package.json`, JSON.stringify(manifest));
  }
  return { home, port };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** What of the home's servers still runs, and what is left of their stages. */
async function left(home: Home): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["axeww", "-o", "pid=,command="] })
    .output();
  const running = new TextDecoder().decode(stdout).split("\n").filter((line) =>
    line.includes(home.path) && /\b(?:node|bwrap)\b/.test(line)
  );
  const files = [...Deno.readDirSync(home.at("sandboxes/work/.tmp"))].map(({ name }) => name);
  return [...running, ...files.filter((name) => name.startsWith("cmgr-learn"))];
}

async function learn(home: Home, ...args: string[]): Promise<{ ran: Ran; found: Found }> {
  const ran = await home.process(["learn", "work", "--json", ...args], { limitMs });
  assert.notEqual(ran.stdout, "", ran.stderr);
  return { ran, found: JSON.parse(ran.stdout) };
}

interface Found {
  readonly ok: boolean;
  readonly written: boolean;
  // deno-lint-ignore no-explicit-any
  readonly servers: readonly any[];
}

/** A server, how its port is moved, what a second copy does, and the hazards of its rule. */
const cases: readonly (readonly [Name, string, string, string, readonly string[]])[] = [
  ["variable", "moved", "BRIDGE_PORT", "exits", []],
  ["flag", "moved", "--bridge-port N", "takes next port", []],
  ["fixed", "fixed", "cannot be moved", "kills the first", ["exclusive"]],
  ["strict", "fixed", "cannot be moved", "attaches", ["immovable"]],
];

for (const [name, state, move, secondCopy, hazards] of cases) {
  Deno.test({
    name: `learn finds out how the port of a server is moved: ${name}`,
    ignore: cannotLearn,
    fn: async () => {
      const { home, port } = await homeWith(name);
      await using _ = home;
      const { ran, found } = await learn(home);
      assert.equal(ran.code, 0, ran.stderr);
      const [server] = found.servers;
      assert.deepEqual(
        [server.state, server.package, server.version, server.ports, server.secondCopy],
        [state, `${name}-mcp`, "1.2.3", [{ default: port, move }], secondCopy],
        server.note,
      );
      assert.deepEqual(
        (server.rule.hazards ?? []).map(({ kind }: { kind: string }) => kind),
        hazards,
      );
      assert.deepEqual(await left(home), []);
      // The rule holds from now on: the server is known, and where it can be its port is moved.
      const { tools } = JSON.parse(await home.ok("tools", "--instance", "work", "--json"));
      assert.equal(tools[0].rule, `${name}-mcp`);
      if (state !== "moved") return;
      await home.ok("mcp", "work", "--ports");
      const [checked] = JSON.parse(await home.program.ok("check", "work", "--json")).servers;
      assert.deepEqual(checked.ports.map(({ place }: { place: string }) => place), ["range"]);
    },
  });
}

Deno.test({
  name: "nothing is learnt from a server that does not answer, and a quiet one is noted as such",
  ignore: cannotLearn,
  fn: async () => {
    const { home } = await homeWith("quiet", "silent");
    await using _ = home;
    const { ran, found } = await learn(home, "--timeout", "20");
    assert.equal(ran.code, 1);
    assert.deepEqual(found.servers.map(({ state }) => state), ["quiet", "silent"]);
    const { tools } = await home.readJson(".cmgr/tools.jsonc");
    assert.deepEqual(Object.keys(tools), ["quiet-mcp"]);
    assert.equal(tools["quiet-mcp"].ports, undefined);
    assert.equal(tools["quiet-mcp"].learnt.version, "1.2.3");
    assert.deepEqual(await left(home), []);
    assert.match(
      await home.ok("learn", "work", "quiet", "--dry-run", "--timeout", "60"),
      /"quiet-mcp": \{/,
    );
  },
});

Deno.test({
  name: "a server that needs the machine's network is tried in it with --yes alone",
  ignore: cannotLearn,
  fn: async () => {
    const { home, port } = await homeWith("online");
    await using _ = home;
    using listener = Deno.listen({ hostname: "127.0.0.1", port });
    const accepting = (async () => {
      for await (const connection of listener) connection.close();
    })();
    const { ran, found } = await learn(home, "--timeout", "20");
    assert.equal(ran.code, 1, ran.stderr);
    assert.deepEqual(found.servers.map(({ state, rule }) => [state, rule]), [
      ["needs-network", null],
    ]);
    const again = await learn(home, "--timeout", "20", "--yes");
    const [{ state, note }] = again.found.servers;
    assert.equal(state, "quiet", note);
    assert.match(note, /tried in the machine's network/);
    assert.deepEqual(await left(home), []);
    listener.close();
    await accepting;
  },
});

Deno.test({
  name: "a dry run of learn prints the rule and writes nothing",
  ignore: cannotLearn,
  fn: async () => {
    const { home } = await homeWith("quiet");
    await using _ = home;
    const { stdout } = await home.process(["learn", "work", "--dry-run"], { limitMs });
    assert.match(stdout, /"source": "learnt, quiet-mcp 1\.2\.3, .*: binds nothing over stdio"/);
    assert.equal(await home.read(".cmgr/tools.jsonc").catch(() => undefined), undefined);
  },
});

Deno.test({
  name: "learning that is interrupted leaves nothing behind",
  ignore: cannotLearn,
  fn: async () => {
    const { home } = await homeWith("variable");
    await using _ = home;
    const child = home.spawn(["learn", "work"]);
    const errors = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    const readOn = async () => {
      const { done, value } = await errors.read();
      said += value ?? "";
      return !done;
    };
    while (!said.includes("Learning variable")) assert(await readOn(), said);
    child.kill("SIGINT");
    while (await readOn());
    const [{ code }] = await Promise.all([
      child.status,
      child.stdin.close(),
      child.stdout.cancel(),
    ]);
    assert.equal(code, 130, said);
    assert.match(said, /error: Learning was interrupted/);
    assert.deepEqual(await left(home), []);
    assert.equal(await home.read(".cmgr/tools.jsonc").catch(() => undefined), undefined);
  },
});

Deno.test("without bubblewrap learn says what to do, and changes nothing", async () => {
  await using home = await Home.create({ isolation: "profile" });
  const stdin = JSON.stringify({ mcpServers: { a: { command: "node", args: [] } } });
  await home.run(["create", "work", "--import", "-"], { stdin });
  const before = await home.snapshot();
  const said = await home.fails(1, ["learn", "work"]);
  assert.match(said, /tried in bubblewrap.*\n.*cmgr settings set isolation auto/);
  assert.deepEqual(await home.snapshot(), before);
});
