import assert from "node:assert/strict";
import { programs } from "../../src/permissions.ts";
import { any, isMissing } from "../programs.ts";
import { Home, succeeded } from "./harness.ts";
import { processesWith, until } from "./stand_in.ts";

const ignore = Deno.build.os !== "linux";

/** A home whose app does nothing, and in which programs that cmgr starts are counted. */
class WatchedHome implements AsyncDisposable {
  private constructor(readonly home: Home, readonly env: { readonly PATH: string }) {}

  static async create(): Promise<WatchedHome> {
    const launcher = ["sh", "-c", "exec sleep 300"];
    const home = await Home.create({ isolation: "profile", launcher });
    const path = Deno.env.get("PATH") ?? "";
    for (const program of [...programs, "grep", "flock"]) {
      const real = path.split(":").map((folder) => `${folder}/${program}`).find(isFile);
      if (real === undefined) continue;
      const script = `#!/bin/sh\necho ${program} >>'${home.at("started")}'\nexec ${real} "$@"\n`;
      await home.write(`bin/${program}`, script, 0o700);
    }
    return new WatchedHome(home, { PATH: `${home.at("bin")}:${path}` });
  }

  /** Runs cmgr, which must succeed, and returns the programs that it started. */
  async programsOf(
    args: readonly string[],
    env: Readonly<Record<string, string>> = this.env,
  ): Promise<string[]> {
    await this.home.write("started", "");
    succeeded(await this.home.process(args, { env }), args);
    return (await this.home.read("started")).split("\n").filter((line) => line !== "");
  }

  async statusOf(name: string): Promise<string> {
    return (await this.home.json("status", name)).status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home.run(["stop", "--all", "--timeout", "1"]);
    await this.home[Symbol.asyncDispose]();
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test("list and status start no process until something ended that cmgr started", {
  ignore,
}, async () => {
  await using watched = await WatchedHome.create();
  const { home } = watched;
  for (const name of ["a", "b"]) await home.ok("create", name);
  await home.program.ok("start", "a");
  const { pid, status } = await home.json("status", "a");
  assert.equal(status, "running");
  for (const args of [["list"], ["list", "--json"], ["status", "a"], ["status", "b", "--json"]]) {
    assert.deepEqual(await watched.programsOf(args), [], args.join(" "));
  }
  assert.equal(await watched.statusOf("a"), "running");
  assert.equal(await watched.statusOf("b"), "stopped");
  Deno.kill(pid, "SIGKILL");
  await until("its end is seen", async () => await watched.statusOf("a") === "crashed");
  assert.notDeepEqual(await watched.programsOf(["list"]), []);
  await home.ok("stop", "a");
  assert.deepEqual(await watched.programsOf(["list"]), []);
});

Deno.test("list and status start no process for what an isolated instance cannot see", {
  ignore,
}, async () => {
  await using watched = await WatchedHome.create();
  const { home } = watched;
  await home.write(".cmgr/config.jsonc", '{ "isolation": "bubblewrap" }');
  await home.write("notes/a.txt", "a");
  const config = {
    mcpServers: { files: { command: "true", args: [home.at("notes"), "/srv"] } },
  };
  await home.run(["create", "a", "--import", "-"], { stdin: JSON.stringify(config) });
  const env = { ...watched.env, DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus" };
  for (
    const args of [["status", "a"], ["status", "a", "--json"], ["list", "-l"], ["list", "--json"]]
  ) {
    assert.deepEqual(await watched.programsOf(args, env), [], args.join(" "));
  }
  // A command that changes something asks.
  assert.notDeepEqual(await watched.programsOf(["mcp", "a", "--ports"], env), []);
});

Deno.test("start lists the processes at most twice", { ignore }, async () => {
  await using watched = await WatchedHome.create();
  await watched.home.ok("create", "a");
  const started = await watched.programsOf(["start", "a"]);
  // One for tags and start times, one for users.
  const lists = started.filter((program) => program === "grep").length / 2;
  assert.ok(lists === 1 || lists === 2, `${lists} lists: ${started.join(" ")}`);
});

Deno.test("an app whose supervisor was killed counts as running, and can be stopped", {
  ignore,
}, async () => {
  await using watched = await WatchedHome.create();
  const { home } = watched;
  await home.ok("create", "a");
  await home.program.ok("start", "a");
  const { supervisor } = await home.readJson(".cmgr/run/a.json");
  Deno.kill(supervisor, "SIGKILL");
  assert.equal(await watched.statusOf("a"), "running");
  assert.match(await home.ok("start", "a"), /already running/);
  await home.ok("stop", "a");
  assert.deepEqual(await processesWith(home.at("sandboxes", "a")), []);
});

Deno.test("where flock is not installed the list of processes says what runs", {
  ignore,
}, async () => {
  await using watched = await WatchedHome.create();
  const { home, env } = watched;
  await home.write("bin/flock", "#!/bin/sh\nexit 127\n", 0o700);
  await home.ok("create", "a");
  succeeded(await home.process(["start", "a"], { env }));
  assert.ok((await watched.programsOf(["list"])).includes("grep"));
  assert.equal(await watched.statusOf("a"), "running");
  assert.match(await home.ok("start", "a"), /already running/);
});

Deno.test("everything works while LD_LIBRARY_PATH is set, and children get only named variables", {
  ignore: any(ignore, isMissing("ss", "iproute2")),
}, async () => {
  await using watched = await WatchedHome.create();
  const { home } = watched;
  const env = { LD_LIBRARY_PATH: "/nowhere", AWS_SECRET_ACCESS_KEY: "s3cret", DISPLAY: ":9" };
  const config = JSON.stringify({ mcpServers: { "ld-mcp": { command: "true" } } });
  const created = ["create", "a", "--import", "-"];
  succeeded(await home.process(created, { env, stdin: config }), created);
  const lines = [
    ["start", "a"],
    ["list"],
    ["status", "a"],
    ["ports", "a"],
    ["mcp", "a", "--reset-ports"],
    ["stop", "a"],
    ["exec", "a", "--", "sh", "-c", "env >seen"],
    ["mcp", "a", "add", "more", "--", "true"],
    ["check", "a", "--timeout", "5"],
    ["doctor"],
    ["remove", "a", "--yes"],
  ];
  for (const args of lines) {
    const ran = await home.process(args, { env });
    assert.doesNotMatch(ran.stderr, /LD_|allow-run/, args.join(" "));
    // These two find something wrong: no server answers, and there is no app.
    if (args[0] === "check") assert.match(ran.stdout, /exit code 0/);
    else if (args[0] !== "doctor") succeeded(ran, args);
  }
  const seen = await home.read("seen");
  assert.match(seen, /^DISPLAY=:9$/m);
  assert.doesNotMatch(seen, /^((LD|DYLD)_|AWS_)/m);
});
