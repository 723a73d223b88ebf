import assert from "node:assert/strict";
import { Home, succeeded } from "./harness.ts";

/** An app that prints its arguments and runs until it is stopped, a minute at most. */
const app = `#!/bin/sh
printf '%s\\n' "$@"
env | grep -E '^(CLAUDE|MCP|[A-Z_]*PORT)'
trap 'echo bye; exit 0' TERM
i=0
while [ $i -lt 600 ]; do sleep 0.1; i=$((i + 1)); done
`;

async function homeWithApp(text = app): Promise<Home> {
  const home = await Home.create();
  const basePort = await home.basePort();
  await home.write("app", text, 0o700);
  const settings = { basePort, launcher: home.at("app"), isolation: "profile" };
  await home.write(".cmgr/config.jsonc", JSON.stringify(settings));
  return home;
}

Deno.test("an instance is started with its data folder and its variables, seen, and stopped", async () => {
  await using home = await homeWithApp();
  const base = await home.basePort();
  await home.ok("create", "work");
  await home.program.ok("start", "work");
  try {
    const { status, pid } = await home.json("status", "work");
    assert.equal(status, "running");
    assert.ok(await isProcess(pid));
    const log = await home.read(".cmgr/logs/work.log");
    assert.match(
      log,
      new RegExp(`^--user-data-dir=${home.at("sandboxes/work/.config/Claude")}$`, "m"),
    );
    for (
      const line of [
        "CLAUDE_INSTANCE=work",
        `CLAUDE_CONFIG_PATH=${home.at(home.config("work"))}`,
        `MCP_BASE_PORT=${base}`,
        `FILESYSTEM_PORT=${base + 10}`,
        `SEQUENTIAL_THINKING_PORT=${base + 20}`,
        `MEMORY_PORT=${base + 30}`,
        `DESKTOP_COMMANDER_PORT=${base + 40}`,
        `REPL_PORT=${base + 50}`,
        `PLAYWRIGHT_PORT=${base + 60}`,
      ]
    ) assert.ok(log.split("\n").includes(line), line);

    assert.equal(await home.ok("start", "work"), '"work" is already running\n');
    assert.match(await home.fails(4, ["remove", "work", "--yes"]), /cmgr stop work/);
    assert.equal((await home.json("list")).instances[0].pid, pid);
  } finally {
    await home.ok("stop", "work");
  }
  assert.equal((await home.json("status", "work")).status, "stopped");
  succeeded(await home.run(["stop", "work"]), ["stop a second time"]);
  await home.ok("remove", "work", "--yes");
  assert.deepEqual((await home.json("list")).instances, []);
});

Deno.test("while it runs the registry changes at once, and the config at the next start", async () => {
  await using home = await homeWithApp();
  await home.ok("create", "work");
  await home.program.ok("start", "work");
  try {
    const before = await home.read(home.config("work"));
    const { changed, applied, range } = await home.json("mcp", "work", "--no-ports");
    assert.deepEqual({ changed, applied, range }, { changed: true, applied: false, range: null });
    assert.equal(await home.read(home.config("work")), before);
    await home.ok("stop", "work");
    await home.program.ok("start", "work");
    assert.doesNotMatch(await home.read(home.config("work")), /MCP_PORT/);
  } finally {
    await home.ok("stop", "work");
  }
});

Deno.test("start restores ports that were edited away, and gives ports to new servers", async () => {
  await using home = await homeWithApp();
  const base = await home.basePort();
  await home.ok("create", "work");
  await home.write(
    home.config("work"),
    '{"mcpServers":{"memory":{"command":"x"},"new":{"command":"y"}}}',
  );
  await home.program.ok("start", "work");
  await home.ok("stop", "work");
  const { mcpServers } = await home.readJson(home.config("work"));
  assert.equal(mcpServers.memory.env.MCP_PORT, String(base + 30));
  assert.equal(mcpServers.new.env.MCP_PORT, String((await home.json("status", "work")).ports.new));
});

Deno.test("an app that exits at once is a failure with the end of its log", async () => {
  await using home = await homeWithApp("#!/bin/sh\necho cannot open display >&2\nexit 3\n");
  await home.ok("create", "work");
  assert.match(await home.program.fails(1, ["start", "work"]), /cannot open display/);
  assert.equal((await home.json("status", "work")).status, "stopped");
});

Deno.test("a pid that another process has now is not mistaken for the instance", async () => {
  await using home = await homeWithApp();
  await home.ok("create", "work");
  await home.write(".cmgr/run/work.json", JSON.stringify({ pid: Deno.pid, started: "boot:1" }));
  assert.notEqual((await home.json("status", "work")).status, "running");
  await home.ok("stop", "work");
  assert.ok(await isProcess(Deno.pid), "and is not signalled");
});

Deno.test("the user's text reaches the app unchanged, past every shell", async () => {
  await using home = await homeWithApp();
  const basePort = await home.basePort();
  const odd = "a b'c\"d$(touch pwned)`id`;*";
  const launcher = [home.at("app"), odd];
  await home.write(
    ".cmgr/config.jsonc",
    JSON.stringify({ basePort, launcher, isolation: "profile" }),
  );
  await home.ok("create", "work");
  await home.program.ok("start", "work");
  await home.ok("stop", "work");
  assert.ok((await home.read(".cmgr/logs/work.log")).split("\n").includes(odd));
});

async function isProcess(pid: number): Promise<boolean> {
  const { success } = await new Deno.Command("kill", { args: ["-0", String(pid)] }).output();
  return success;
}
