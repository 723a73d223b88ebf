import assert from "node:assert/strict";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { Home, succeeded } from "./harness.ts";
import { cannotDropPrivileges, unprivileged } from "./unprivileged.ts";
import { shownBy } from "./terminal.ts";

/** Listens on its own filesystem port; one called `thief` on the memory port of the range before. */
const app = `use IO::Socket::INET;
my $port = $ENV{FILESYSTEM_PORT} - ($ENV{CLAUDE_INSTANCE} eq "thief" ? 80 : 0);
my $socket = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port, Listen => 5);
die $! unless $socket;
sleep 120;`;

async function withApp(isolation: string): Promise<Home> {
  return await Home.create({ launcher: ["perl", "-e", app, "--"], isolation });
}

/** Looks again until the state is there: an app takes its time to listen. */
// deno-lint-ignore no-explicit-any
async function portIn(home: Home, instance: string, tool: string, state: string): Promise<any> {
  const end = performance.now() + 20_000;
  while (true) {
    const { ports } = await home.json("ports", instance, tool);
    if (ports[0].state === state) return ports[0];
    assert.ok(performance.now() < end, JSON.stringify(ports));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

for (const isolation of ["profile", "bubblewrap"]) {
  Deno.test({
    name: `ports distinguishes free, own, another instance's and foreign, isolation ${isolation}` +
      " (needs ss, perl, bwrap)",
    ignore: any(
      isMissing("ss", "iproute2"),
      isMissing("perl", "perl-base"),
      isolation === "bubblewrap" && lacksBubblewrap(),
    ),
    fn: async () => {
      await using home = await withApp(isolation);
      const { ports: { repl } } = await home.json("create", "work");
      await home.ok("create", "thief");
      using stranger = Deno.listen({ hostname: "127.0.0.1", port: repl });
      try {
        await home.program.ok("start", "work", "--force");
        await home.program.ok("start", "thief");
        const own = await portIn(home, "work", "filesystem", "own");
        assert.equal(own.holder.instance, "work");
        assert.match(own.holder.command, /perl/);
        assert.ok(own.holder.pid > 1);
        assert.equal(own.offset, 10);
        const stolen = await portIn(home, "work", "memory", "instance");
        assert.equal(stolen.holder.instance, "thief");
        const foreign = await portIn(home, "work", "repl", "foreign");
        assert.equal(foreign.holder.pid, Deno.pid);
        assert.equal((await portIn(home, "work", "desktop-commander", "free")).holder, null);

        const shown = await home.ok("ports");
        assert.match(shown, /^ +PORT +TOOL +STATE +HOLDER\n\w+ +\d+-\d+\n/);
        assert.match(shown, /^work +\d+-\d+\n/m);
        assert.match(shown, /^\* +\d+ +filesystem +own +perl \(process \d+\)$/m);
        assert.match(shown, /^! +\d+ +memory +used by thief +perl \(process \d+\)$/m);
        assert.match(shown, /^! +\d+ +repl +foreign +\S+ \(process \d+\)$/m);
        const who = await home.ok("ports", "--who", String(stolen.port));
        assert.match(
          who,
          /is assigned to memory of "work"; perl .* of "thief" is listening on it\n$/,
        );
      } finally {
        await home.ok("stop", "work");
        await home.ok("stop", "thief");
      }
      void stranger;
    },
  });
}

Deno.test({
  name: "a user without privileges sees who listens inside an isolated instance (needs ss, bwrap)",
  ignore: any(
    isMissing("ss", "iproute2"),
    isMissing("perl", "perl-base"),
    lacksBubblewrap(),
    cannotDropPrivileges,
  ),
  fn: async () => {
    await using home = await withApp("bubblewrap");
    const user = await unprivileged(home);
    succeeded(await user.run(["create", "work"]));
    succeeded(await user.run(["start", "work"]));
    try {
      const end = performance.now() + 20_000;
      while (true) {
        const { stdout } = succeeded(await user.run(["ports", "work", "filesystem", "--json"]));
        const [{ state, holder }] = JSON.parse(stdout).ports;
        if (state === "own") {
          assert.equal(holder.command, "perl");
          break;
        }
        assert.ok(performance.now() < end, stdout);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    } finally {
      succeeded(await user.run(["stop", "work"]));
    }
  },
});

Deno.test("ports NAME TOOL --quiet prints the number alone", async () => {
  await using home = await Home.create();
  const { ports } = await home.json("create", "work");
  assert.equal(await home.ok("ports", "work", "memory", "--quiet"), `${ports.memory}\n`);
  assert.deepEqual(await home.json("ports", "work", "memory", "--quiet"), [ports.memory]);
  assert.match(await home.fails(2, ["ports", "work", "nope", "-q"]), /It has: filesystem/);
  await home.fails(3, ["ports", "nobody"]);
});

Deno.test("ports --who answers for any port, and refuses other text", {
  ignore: isMissing("ss", "iproute2"),
}, async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const who = await home.json("ports", "--who", String(port));
  assert.equal(who.instance, null);
  assert.equal(who.state, "foreign");
  assert.equal(who.holder.pid, Deno.pid);
  const base = await home.basePort();
  assert.match(await home.ok("ports", "--who", String(base + 10)), /filesystem of "work"/);
  for (const bad of ["0", "65536", "abc", "-1"]) await home.fails(2, ["ports", "--who", bad]);
  await home.fails(2, ["ports", "work", "--who", "9010"]);
});

Deno.test("ports shows where a server that cannot be moved really listens", async () => {
  await using home = await Home.create();
  const stdin = JSON.stringify({
    mcpServers: { browser: { command: "npx", args: ["-y", "@browsermcp/mcp"] } },
  });
  succeeded(await home.run(["create", "work", "--import", "-"], { stdin }));
  const { ports } = await home.json("ports", "work", "browser");
  // deno-lint-ignore no-explicit-any
  assert.deepEqual(ports.map(({ port, offset }: any) => [port, offset]), [[9009, null]]);
  assert.match(await home.ok("ports"), / 9009 +browser \(cannot be moved\) /);
});

Deno.test("ports --watch requires a terminal", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  assert.match(await home.fails(2, ["ports", "--watch"]), /terminal/);
});

Deno.test({
  name: "on a terminal ports --watch refreshes in place, and list fits the width (needs script)",
  ignore: isMissing("script", "bsdutils"),
  fn: async () => {
    await using home = await Home.create();
    await home.ok("create", "a-name-of-some-length");
    const onTerminal = async (line: string) => (await shownBy(home, line)).replaceAll("\r", "");
    const watched = await onTerminal("stty cols 60; timeout 5 cmgr ports --watch");
    // deno-lint-ignore no-control-regex
    const screens = watched.split(/\x1b\[H/).slice(1);
    assert.ok(screens.length >= 2, watched);
    assert.match(screens[1], /filesystem/);
    for (const columns of [30, 40, 60, 200]) {
      const lines = (await onTerminal(`stty cols ${columns}; cmgr list`)).trimEnd().split("\n");
      assert.ok(lines.every((line) => line.length <= columns), lines.join("\n"));
      assert.equal(lines.length, 2);
      assert.equal(lines[0].includes("SINCE"), columns === 200);
    }
  },
});

Deno.test("list and status show servers, warnings and since when an instance runs", async () => {
  await using home = await Home.create({ launcher: ["sh", "-c", "exec sleep 60"] });
  await home.ok("create", "work");
  const stdin = JSON.stringify({
    mcpServers: { a: { command: "npx", args: ["-y", "@browsermcp/mcp"] } },
  });
  for (const name of ["one", "two"]) {
    succeeded(await home.run(["create", name, "--import", "-"], { stdin }));
  }
  const before = Date.now();
  await home.program.ok("start", "work");
  try {
    const { instances } = await home.json("list");
    // deno-lint-ignore no-explicit-any
    const [one, , work] = instances as any[];
    assert.equal(one.servers, 1);
    assert.equal(one.warnings.length > 0, true);
    assert.equal(one.since, null);
    assert.equal(work.servers, 3);
    const status = await home.json("status", "work");
    for (const { since } of [work, status]) {
      // It is reckoned from whole seconds.
      const at = Date.parse(since) + 1_000;
      assert.ok(at > before && at <= Date.now() + 1_000, since);
    }
    assert.deepEqual({ ...status, since: null }, { ...work, since: null });
    const text = await home.ok("list");
    assert.match(text, /^NAME +STATUS +PORTS +LINKS +PID +SINCE\n/);
    const long = await home.ok("list", "--long");
    assert.match(long, /^NAME +STATUS +PORTS +SERVERS +WARNINGS +LINKS +PID +SINCE\n/);
    assert.match(long, /^one +stopped +\d+-\d+ +1 +1 /m);
    await home.write(home.config("one"), "{");
    assert.equal(await home.ok("list"), text, "list reads no config");
    assert.match(await home.ok("list", "--long"), /^one +stopped +\d+-\d+ +\? +1 /m);
    assert.match(await home.ok("status", "work"), /running since \d{4}-\d\d-\d\d \d\d:\d\d$/m);
  } finally {
    await home.ok("stop", "work");
  }
});

Deno.test("unknown fields hide no port, whatever their name", async () => {
  await using home = await Home.create();
  const { range } = await home.json("create", "work");
  const ports = await home.readJson(".cmgr/port_registry.json");
  const { size, offsets, replaced } = ports.instances.work;
  const record = { more: { note: 1, replaced: {} }, replaced, size, offsets };
  const text = JSON.stringify({ ...ports, instances: {} }, undefined, 2);
  const line = `"instances": {\n    "work": ${JSON.stringify(record)}\n  }`;
  await home.write(".cmgr/port_registry.json", text.replace('"instances": {}', line));
  assert.deepEqual((await home.json("status", "work")).range, range);
  assert.deepEqual((await home.json("list")).instances[0].range, range);
});
