import assert from "node:assert/strict";
import { join } from "node:path";
import { any, isMissing, lacksBubblewrap, onlyOn } from "../programs.ts";
import { homeWithApp, homeWithInstances, noNode } from "./stand_in.ts";
import { checkThreeInstances, names } from "./three_instances.ts";

const ignore = any(lacksBubblewrap(), noNode);

Deno.test(
  "three instances with servers run at once, all answer, and nothing is left after stop --all",
  {
    ignore,
  },
  async () => {
    await using app = await homeWithApp();
    for (const name of names) {
      await app.create(name, {
        filesystem: app.server(),
        memory: app.server(),
        "sequential-thinking": app.server(),
      });
    }
    await checkThreeInstances(app, await app.start(names));
  },
);

Deno.test("restart ends the old processes and starts new ones", { ignore }, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  await app.start(["work"], "detach");
  await app.ready("work");
  const before = await app.processes("work");
  assert.match(await home.program.ok("restart", "work"), /Restarted "work"/);
  await app.ready("work");
  const after = await app.processes("work");
  assert.deepEqual(after.filter((pid) => before.includes(pid)), []);
  assert.ok(after.length > 0);
});

for (const isolation of ["bubblewrap", "profile"]) {
  Deno.test(
    `a launcher that exits while the app runs in the background has not failed (${isolation})`,
    {
      ignore,
    },
    async () => {
      await using app = await homeWithApp({ isolation });
      const { home } = app;
      await app.create("work");
      const launcher = "apps/claude/in-background";
      await home.write(launcher, '#!/bin/sh\nnode "$(dirname "$0")/app.mjs" "$@" &\n');
      await Deno.chmod(home.at(launcher), 0o755);
      await app.start(["work"], "", "--launcher", home.at(launcher));
      await app.ready("work");
      assert.equal((await home.json("status", "work")).status, "running");
      await home.ok("stop", "work");
      assert.deepEqual(await app.processes("work"), []);
      const { preferences } = await home.readJson(home.config("work"));
      assert.equal(preferences.lastWindow, "main", "it was asked to end, not killed");
    },
  );
}

Deno.test("of two starts at once, one starts and the other says that it runs", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  await app.create("work");
  const runs = await Promise.all([1, 2, 3].map(() => app.home.process(["start", "work"])));
  assert.deepEqual(runs.map(({ code }) => code), [0, 0, 0], runs.map((r) => r.stderr).join());
  const { pid } = await app.home.json("status", "work");
  const said = runs.map(({ stdout }) => stdout).sort();
  assert.deepEqual(said.slice(0, 2), [
    '"work" is already running\n',
    '"work" is already running\n',
  ]);
  assert.match(said[2], new RegExp(`^Started "work" .process ${pid};`));
});

Deno.test("what the app writes over its config survives, and has its ports at the next start", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work", { memory: app.server() });
  await app.start(["work"]);
  await app.ready("work");
  // As if by the app's own settings while it runs: it writes the whole file from memory at exit.
  await home.ok("stop", "work");
  const config = await home.readJson(home.config("work"));
  assert.equal(config.preferences.lastWindow, "main", "the app has written it");
  config.mcpServers.another = { command: "true" };
  delete config.mcpServers.memory.env;
  const text = JSON.stringify(config);
  await home.write(home.config("work"), text);
  await app.start(["work"], "keep-config");
  const after = await home.readJson(home.config("work"));
  assert.equal(after.preferences.lastWindow, "main");
  const { ports } = await home.json("status", "work");
  assert.equal(after.mcpServers.memory.env.MCP_PORT, String(ports.memory));
  assert.equal(after.mcpServers.another.env.MCP_PORT, String(ports.another));
  const backups = await Array.fromAsync(Deno.readDir(home.at(".cmgr", "backups", "work")));
  const kept = await Promise.all(
    backups.map(({ name }) => home.read(join(".cmgr", "backups", "work", name))),
  );
  assert.ok(kept.includes(text), "the config as the app left it is kept");
});

Deno.test("a foreign listener on a port of the range is named before the launch", {
  ignore: any(ignore, isMissing("ss", "iproute2")),
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work", { mine: app.server() });
  const { ports } = await home.json("status", "work");
  using _listener = Deno.listen({ hostname: "127.0.0.1", port: ports.mine });
  const message = await home.fails(4, ["start", "work"]);
  assert.match(message, new RegExp(`port ${ports.mine} of mine .*deno.*process ${Deno.pid}`));
  assert.match(message, /cmgr mcp work --reset-ports/);
  assert.deepEqual(await app.processes("work"), []);
  await app.start(["work"], "", "--force");
  await home.ok("stop", "work");
  await home.ok("mcp", "work", "--reset-ports");
  await app.start(["work"]);
});

Deno.test("each of several names is reported, and the worst exit code counts", {
  ignore,
}, async () => {
  await using app = await homeWithInstances("a", "b");
  const { home } = app;
  const ran = await home.process(["start", "a", "none", "b"]);
  assert.equal(ran.code, 3);
  assert.match(ran.stdout, /Started "a".*Started "b"|Started "b".*Started "a"/s);
  assert.match(ran.stderr, /no instance called "none"/);
  const again = await home.process(["start", "a", "none", "--json"]);
  assert.equal(again.code, 3);
  const { instances: [a, none] } = JSON.parse(again.stdout);
  assert.deepEqual([a.status, none.error.code], ["running", "not-found"]);
});

Deno.test("a missing launcher is an error that says how to get one", {
  ignore: onlyOn("linux"),
}, async () => {
  await using app = await homeWithApp({ launcher: "/nowhere/claude" });
  await app.create("work");
  assert.match(
    await app.home.program.fails(1, ["start", "work"]),
    /\/nowhere\/claude does not exist/,
  );
  const path = await Deno.makeTempDir();
  try {
    await Deno.symlink("/bin/sh", join(path, "sh"));
    const env = { PATH: path };
    // Without a list of processes nobody knows what runs already.
    const start = ["start", "work", "--launcher", "/bin/sh"];
    assert.match(await app.home.program.fails(1, start, { env }), /grep.*\nInstall grep/);
    await app.home.write(".cmgr/config.jsonc", "{}");
    const message = await app.home.program.fails(1, ["start", "work"], { env });
    assert.match(message, /claude-desktop-unofficial.*claude\.ai\/download.*--launcher PATH/s);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("a dry run shows the plan without a secret, and changes nothing", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work", { memory: { command: "true", env: { API_KEY: "s3cret" } } });
  const before = await home.snapshot();
  const text = await home.ok("start", "work", "--dry-run");
  assert.match(text, /^# isolation: bubblewrap\n/);
  assert.match(text, /--bind \S+\/sandboxes\/work /);
  assert.match(text, /MEMORY_PORT=/);
  assert.ok(!text.includes("s3cret"));
  const { argv, env, isolation } = await home.json("start", "work", "--dry-run");
  assert.equal(isolation, "bubblewrap");
  assert.ok(argv.includes("bwrap"));
  assert.equal(env.CLAUDE_INSTANCE, "work");
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("start --wait returns when every server has answered, and fails when one does not", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work", { memory: app.server(), notes: app.server() });
  await app.start(["work"], "", "--wait");
  for (const server of ["memory", "notes"]) {
    assert.match(await home.ok("logs", "work", "--server", server), /answered/);
  }
  assert.equal(await home.ok("start", "work", "--wait"), '"work" is already running\n');
  await app.create("bad", { memory: app.server(), gone: { command: "false" } });
  const { code, stderr } = await home.process(["start", "bad", "--wait"]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^error: "bad" has started; these servers failed: gone\n.*cmgr logs bad --server/m,
  );
  assert.equal((await home.json("status", "bad")).status, "running");
  await app.create("slow", { quiet: { command: "sleep", args: ["60"] } });
  const slow = await home.process(["start", "slow", "--wait", "--timeout", "2"]);
  assert.match(slow.stderr, /^Waiting for servers of "slow": quiet$/m);
  assert.match(slow.stderr, /^error: "slow" has started; these have not answered yet: quiet$/m);
});
