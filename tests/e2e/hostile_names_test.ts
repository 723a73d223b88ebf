import assert from "node:assert/strict";
import { Home, succeeded } from "./harness.ts";
import { isMissing } from "../programs.ts";

const names = [
  "evil\u202egnp.exe",
  "two\nlines",
  "\x1b[31mred\x1b[0m",
  "bell\x07",
  "\u2066x\u2069",
  "c1\x9b2J",
];
// deno-lint-ignore no-control-regex
const unsafe = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const servers = names.map((name) => [name, { command: `no-such-${name}`, args: [name] }]);
const stdin = JSON.stringify({ mcpServers: Object.fromEntries(servers) });

async function homeWithNames(): Promise<Home> {
  const home = await Home.create({ isolation: "profile" });
  succeeded(await home.run(["create", "work", "--import", "-"], { stdin }));
  return home;
}

for (const isTerminal of [false, true]) {
  Deno.test(`names of servers drive nothing ${isTerminal ? "on a terminal" : "through a pipe"}`, async () => {
    await using home = await homeWithNames();
    for (
      const args of [
        ["status", "work"],
        ["mcp", "work", "list"],
        ["tools", "--instance", "work"],
        ["ports"],
        ["ports", "work", "nosuch"],
        ["ports", "--who", String(await home.basePort() + 1)],
        ["config", "work"],
        ["config", "work", "--diff"],
        ["check", "work", "nosuch"],
        ["doctor"],
        ["mcp", "work", "remove", "bell\x07"],
        ["mcp", "work", "remove", "no\nsuch\u202e"],
        ["list", "--json"],
        ["status", "work", "--json"],
        ["mcp", "work", "list", "--json"],
        ["create", "new", "--import", "-"],
        ["import-config", "new", "-", "--overwrite"],
        ["import-config", "work", "-"],
        ["clone", "work", "other"],
        ["rename", "other", "more"],
        ["mcp", "work", "--reset-ports"],
        ["mcp", "work", "--pin", "two\nlines=40001"],
        ["mcp", "work", "--unpin", "two\nlines"],
        ["mcp", "work", "--pin", "\x1b[31mred\x1b[0m=1"],
        ["mcp", "work", "add", "\x1b[31mred\x1b[0m", "--", "x"],
        ["mcp", "work", "--no-ports"],
        ["start", "work", "--dry-run"],
        ["start", "work"],
        ["env", "work", "--json"],
        ["du", "work"],
        ["share", "work", "--add", "/\x1b[31mred\x1b[0m\nlines"],
        ["settings", "set", "launcher", "/\x1b[31mred\x1b[0m\nlines"],
        ["settings"],
        ["settings", "get", "launcher"],
        ["start", "work"],
        ["remove", "work", "--yes"],
        ["trash"],
        ["restore", "work"],
        ["restore", "\x1b[31mred\x1b[0m\nlines"],
      ]
    ) {
      const { stdout, stderr } = await home.run(args, { isTerminal, stdin });
      // Colours of cmgr's own, and on a slow machine its line about what takes time: on a
      // terminal, never in a pipe.
      // deno-lint-ignore no-control-regex
      const text = (stdout + stderr).replace(isTerminal ? /\x1b\[(0|3[1-6])m|\r\x1b\[K/g : "", "");
      assert.doesNotMatch(text, unsafe, args.join(" "));
      assert.doesNotMatch(stdout, new RegExp("\x1b\\[31mred"), args.join(" "));
      assert.doesNotMatch(stdout, /^lines/m, args.join(" "));
    }
  });
}

Deno.test("what check says of servers drives nothing", {
  ignore: isMissing("ss", "iproute2"),
}, async () => {
  await using home = await homeWithNames();
  const { stdout, stderr } = await home.process(["check", "work", "--timeout", "5"]);
  assert.match(stdout, /two\\nlines/);
  assert.doesNotMatch(stdout + stderr, unsafe);
});

Deno.test("mcp add takes the value of a variable from standard input or a prompt", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  const add = (
    name: string,
    ...env: string[]
  ) => ["mcp", "work", "add", name, ...env.flatMap((one) => ["-e", one]), "--", "npx", "srv"];
  const piped = succeeded(
    await home.run(add("a", "TOKEN", "MODE=x", "OTHER"), { stdin: "one\ntwo\n" }),
  );
  const asked = succeeded(
    await home.run(add("b", "TOKEN"), { stdin: "three\n", isTerminal: true }),
  );
  assert.doesNotMatch(piped.stdout + piped.stderr + asked.stdout + asked.stderr, /one|two|three/);
  assert.match(asked.stderr, /Value of TOKEN/);
  const { a, b } = (await home.readJson(home.config("work"))).mcpServers;
  assert.deepEqual([a.env.TOKEN, a.env.MODE, a.env.OTHER, b.env.TOKEN], [
    "one",
    "x",
    "two",
    "three",
  ]);
  const before = await home.snapshot();
  for (const stdin of ["", "one", "one\n\n", "a\nb\nc\n"]) {
    const refused = await home.run(add("c", "TOKEN", "OTHER"), { stdin });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /one line for each of: TOKEN, OTHER/);
  }
  assert.deepEqual(await home.snapshot(), before);
});
