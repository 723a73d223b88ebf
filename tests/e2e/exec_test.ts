import assert from "node:assert/strict";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { Home } from "./harness.ts";
import { homeWithApp, noNode, until } from "./stand_in.ts";
import { Said } from "./streams.ts";

const ignore = any(lacksBubblewrap(), noNode);

Deno.test("exec passes arguments, input, output and exit code through, and no shell sees them", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  for (const isolation of ["bubblewrap", "profile"]) {
    const settings = await home.readJson(".cmgr/config.jsonc");
    await home.write(".cmgr/config.jsonc", JSON.stringify({ ...settings, isolation }));
    const odd = ["a b", "$HOME", "`id`", "--json", "-x", "", "é\n'\"\\"];
    const printed = await home.process(["exec", "work", "--", "printf", "%s|", ...odd]);
    assert.equal(printed.stdout, odd.map((word) => `${word}|`).join(""), isolation);
    const ran = await home.process(
      ["execute", "work", "sh", "-c", 'cat; echo "$CLAUDE_INSTANCE $MEMORY_PORT" >&2; exit 42'],
      { stdin: "typed\n" },
    );
    assert.equal(ran.code, 42);
    assert.equal(ran.stdout, "typed\n");
    const { ports } = await home.json("status", "work");
    assert.equal(ran.stderr, `work ${ports.memory}\n`);
    assert.equal((await home.process(["exec", "work", "--", "sh", "-c", "kill -9 $$"])).code, 137);
  }
  for (const line of [["exec"], ["exec", "--"], ["exec", "work"], ["exec", "work", "--"]]) {
    assert.match(await home.fails(2, line), /No command is given/);
  }
  await home.fails(3, ["exec", "none", "--", "true"]);
  assert.equal((await home.json("status", "work")).status, "stopped", "a command is no start");
});

Deno.test("exec without a name runs in the only instance, or the default one", {
  ignore,
}, async () => {
  await using home = await Home.create({ isolation: "profile" });
  await home.ok("create", "work");
  const line = ["exec", "--", "sh", "-c", 'echo "$CLAUDE_INSTANCE" "$@"', "sh", "--", "-x"];
  assert.equal((await home.process(line)).stdout, "work -- -x\n");
  await home.ok("create", "play");
  assert.match(await home.fails(2, line), /No instance was named/);
  await home.ok("settings", "set", "defaultInstance", "play");
  assert.equal((await home.process(line)).stdout, "play -- -x\n");
});

Deno.test("exec has the terminal, and the command handles Ctrl-C", {
  ignore: any(ignore, isMissing("script", "bsdutils")),
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  const command =
    'trap "echo caught; exit 9" INT; test -t 0 && test -t 1 && echo ready; sleep 60 & wait';
  const words = [...home.argv(), "exec", "work", "--", "sh", "-c", command];
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const script = new Deno.Command("script", {
    // Without exec, the shell in between would make something else of Ctrl-C.
    args: ["-qec", `exec ${quoted}`, "/dev/null"],
    env: { ...home.environment(), SHELL: "/bin/sh" },
    cwd: home.path,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const shown = new Said(script.stdout);
  const keyboard = script.stdin.getWriter();
  try {
    await until("it is ready", () => Promise.resolve(shown.text.includes("ready")));
    await keyboard.write(new TextEncoder().encode("\x03"));
    await until("it has caught the signal", () => Promise.resolve(shown.text.includes("caught")));
    assert.equal((await script.status).code, 9);
  } finally {
    try {
      script.kill("SIGKILL");
    } catch {
      // It has ended as it should.
    }
    await Promise.all([shown.ended, script.status, keyboard.close().catch(() => {})]);
  }
});

Deno.test("what a command started in the background ends with it", { ignore }, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  await home.program.ok(
    "exec",
    "work",
    "--",
    "sh",
    "-c",
    "setsid sleep 1000 >/dev/null 2>&1 & true",
  );
  await until("nothing is left", async () => (await app.processes("work")).length === 0);
});
