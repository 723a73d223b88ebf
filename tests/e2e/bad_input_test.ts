import assert from "node:assert/strict";
import type { ExitCode } from "../../src/errors.ts";
import { lacksBubblewrap } from "../programs.ts";
import { Home } from "./harness.ts";

for (
  const name of [
    "../x",
    "a/b",
    "a\\b",
    "",
    " ",
    "a b",
    'a"b',
    "a'b",
    "$(id)",
    ".hidden",
    "_x",
    "-x",
    "x".repeat(64),
    "CON",
    "nul",
    "com1.txt",
    "é",
    "a\nb",
  ]
) {
  Deno.test(`${JSON.stringify(name)} cannot be the name of an instance, for any command`, async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    const before = await home.snapshot();
    for (
      const [command, ...rest] of [
        ["create"],
        ["status"],
        ["start"],
        ["stop"],
        ["mcp", "--ports"],
        ["remove", "--yes"],
      ]
    ) {
      await home.fails(2, [command, ...rest, "--", name]);
    }
    assert.deepEqual(await home.snapshot(), before);
  });
}

Deno.test("a name may have 63 characters", async () => {
  await using home = await Home.create();
  await home.ok("create", "x".repeat(63));
});

Deno.test("a name that differs by case alone is taken", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  assert.match(await home.fails(4, ["create", "Work"]), /"work" already exists/);
  assert.match(await home.fails(3, ["status", "Work"]), /Did you mean "work"/);
});

Deno.test("names with a meaning in JavaScript are valid names", async () => {
  await using home = await Home.create();
  for (const name of ["constructor", "toString", "hasOwnProperty", "prototype"]) {
    await home.fails(3, ["status", name]);
    await home.ok("create", name);
    assert.equal((await home.json("status", name)).instance, name);
  }
  assert.equal((await home.json("list")).instances.length, 4);
});

Deno.test("a missing instance is an error with its own exit code", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const before = await home.snapshot();
  for (const args of [["status"], ["start"], ["stop"], ["mcp", "--ports"], ["remove", "--yes"]]) {
    assert.match(
      await home.fails(3, [...args, "wrok"]),
      /no instance called "wrok"\nDid you mean "work"\?/,
    );
  }
  assert.deepEqual(await home.snapshot(), before);
});

for (
  const [what, args, exit, pattern] of [
    ["a name that exists", ["create", "work"], 4, /already exists/],
    [
      "an unknown tool",
      ["create", "x", "--tools", "memory,nosuch"],
      2,
      /"nosuch"[^]*Choose from: /,
    ],
    [
      "a tool without a package",
      ["create", "x", "--tools", "repl"],
      2,
      /no package to start "repl"/,
    ],
    ["an empty list of tools", ["create", "x", "--tools", ""], 2, /no tool called ""/],
    [
      "--tools with --import",
      ["create", "x", "--tools", "all", "--import", "-"],
      2,
      /can't be combined/,
    ],
    ["an unknown option", ["create", "x", "--colour"], 2, /--colour/],
    ["an unknown command", ["creat", "x"], 2, /Did you mean create/],
    ["no name", ["create"], 2, /missing required argument 'name'/i],
    ["two names", ["create", "x", "y"], 2, /too many arguments/i],
    ["remove without --yes", ["remove", "work"], 2, /\/sandboxes\/work[^]*--yes/],
    ["mcp without an action", ["mcp", "work"], 2, /Nothing to do/],
    ["mcp with two actions", ["mcp", "work", "--ports", "--reset-ports"], 2, /can't be combined/],
  ] as const
) {
  Deno.test(`${what} is refused and changes nothing`, async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    const before = await home.snapshot();
    assert.match(await home.fails(exit, args), pattern);
    assert.deepEqual(await home.snapshot(), before);
  });
}

for (
  const [what, stdin, pattern] of [
    ["no JSON", "hello", /standard input, line 1/],
    ["empty", "", /standard input/],
    ["a list", "[]", /not an object/],
    ["an object whose mcpServers is a list", '{"mcpServers": []}', /"mcpServers" is a list/],
    ["commented", '{\n// x\n"mcpServers": {}}', /line 2: .*comment/],
    ["not UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), /not UTF-8/],
  ] as const
) {
  Deno.test(`an import that is ${what} is refused and leaves nothing behind`, async () => {
    await using home = await Home.create();
    await home.ok("create", "other");
    const before = await home.snapshot();
    assert.match(await home.fails(2, ["create", "work", "--import", "-"], { stdin }), pattern);
    assert.deepEqual(await home.snapshot(), before);
  });
}

for (const file of ["registry.json", "port_registry.json"]) {
  for (
    const [what, content, pattern] of [
      ["truncated", '{\n  "instances": {\n    "wo', /line 3/],
      ["empty", "", /empty/],
      ["garbage", "\u0000\u0001garbage", /not valid JSON/],
      ["a list", "[]", /it is a list, not an object/],
      ["of a newer version", '{"version": 99, "future": true}', /version 99.*newer/],
    ] as const
  ) {
    Deno.test(`a ${file} that is ${what} stops every command that needs it, and stays as it is`, async () => {
      await using home = await Home.create();
      await home.ok("create", "work");
      await home.write(`.cmgr/${file}`, content);
      const before = await home.snapshot();
      for (
        const args of [["list"], ["status", "work"], ["create", "x"], ["mcp", "work", "--ports"], [
          "remove",
          "work",
          "--yes",
        ]]
      ) {
        const said = await home.fails(6, args);
        assert.match(said, pattern, args.join(" "));
        assert.ok(said.includes(`.cmgr/${file}`), "the path is named");
      }
      assert.deepEqual(await home.snapshot(), before);
    });
  }
}

for (
  const [what, settings, exit] of [
    ["base 0", { basePort: 0 }, 6],
    ["base 70000", { basePort: 70000 }, 6],
    ["range 5", { portRange: 5 }, 6],
    ["a base that is a text", { basePort: "9000" }, 6],
    ["an isolation that does not exist", { isolation: "jail" }, 6],
  ] as const
) {
  Deno.test(`settings with ${what} are refused with file and field`, async () => {
    await using home = await Home.create({ ...settings });
    const before = await home.snapshot();
    const said = await home.fails(exit as ExitCode, ["create", "work"]);
    assert.ok(said.includes(".cmgr/config.jsonc"));
    assert.match(said, new RegExp(`"${Object.keys(settings)[0]}"`));
    assert.deepEqual(await home.snapshot(), before);
  });
}

Deno.test("settings that are not JSON are refused with the line", async () => {
  await using home = await Home.create();
  await home.write(".cmgr/config.jsonc", '{\n  "basePort": 9000\n  "portRange": 100\n}');
  assert.match(await home.fails(6, ["create", "work"]), /config\.jsonc, line 3/);
});

for (const value of ["0", "70000", "abc", "-1", "9000.5", "1e4"]) {
  Deno.test(`MCP_BASE_PORT=${value} is refused and named`, async () => {
    await using home = await Home.create();
    const env = { MCP_BASE_PORT: value };
    assert.match(await home.fails(2, ["create", "work"], { env }), /MCP_BASE_PORT/);
  });
}

Deno.test("a home that is unset or relative is refused", async () => {
  await using home = await Home.create();
  for (const HOME of ["", "relative/home"]) {
    assert.match(await home.fails(2, ["list"], { env: { HOME } }), /HOME/);
  }
});

Deno.test("errors with --json are one object on stderr", async () => {
  await using home = await Home.create();
  for (
    const [args, exit, code] of [
      [["status", "nobody", "--json"], 3, "not-found"],
      [["create", "--json"], 2, "usage"],
      [["create", "a/b", "--json"], 2, "usage"],
      [["nosuch", "--json"], 2, "usage"],
    ] as const
  ) {
    const ran = await home.run(args);
    assert.equal(ran.stdout, "");
    const { error } = JSON.parse(ran.stderr);
    assert.equal(error.exit, exit);
    assert.equal(ran.code, exit);
    assert.equal(error.code, code);
    assert.ok(error.message.length > 0 && "hint" in error);
  }
});

Deno.test("a config behind a symbolic link is not written through", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const config = home.at(home.config("work"));
  await Deno.rename(config, home.at("outside.json"));
  await Deno.symlink(home.at("outside.json"), config);
  const before = await home.snapshot();
  assert.match(await home.fails(6, ["mcp", "work", "--reset-ports"]), /symbolic link/);
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("a sandbox that is a symbolic link is not written through", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await Deno.rename(home.at("sandboxes/work"), home.at("elsewhere"));
  await Deno.symlink(home.at("elsewhere"), home.at("sandboxes/work"));
  const before = await home.snapshot();
  assert.match(await home.fails(6, ["mcp", "work", "--no-ports"]), /symbolic link/);
  assert.deepEqual(await home.snapshot(), before);
});

const isRoot = Deno.uid() === 0;

Deno.test({
  name: "a folder without write permission is a clear error, and nothing is left behind",
  ignore: isRoot && lacksBubblewrap(),
  fn: async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    // Modes bind root too once it has dropped what sets it above them.
    const by = isRoot ? ["bwrap", "--dev-bind", "/", "/", "--cap-drop", "ALL"] : [];
    for (const folder of ["sandboxes", ".cmgr"]) {
      await Deno.chmod(home.at(folder), 0o500);
      const before = await home.snapshot();
      const said = await home.program.fails(1, ["create", "other"], { by });
      assert.match(said, /cannot be (created|written|opened): .*denied/i);
      assert.ok(said.includes(home.at(folder)), "the place is named");
      assert.deepEqual(await home.snapshot(), before);
      await Deno.chmod(home.at(folder), 0o700);
    }
  },
});

for (
  const [what, spoil] of [
    ["of 3 GB", (path: string) => Deno.truncate(path, 3_000_000_000)],
    [
      "nested 3,000 deep",
      (path: string) => Deno.writeTextFile(path, `{"a": ${"[".repeat(3_000)}${"]".repeat(3_000)}}`),
    ],
  ] as const
) {
  Deno.test(`a config ${what} is reported for its instance alone`, async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    await home.ok("create", "other");
    await spoil(home.at(home.config("work")));
    const said = await home.fails(6, ["config", "work"]);
    assert.match(said, /larger than 32 MB|nested too deeply/);
    assert.ok(said.includes(home.config("work")), "the path is named");
    await home.ok("list");
    await home.ok("config", "other");
    await home.ok("mcp", "other", "--ports");
  });
}

Deno.test("standard input of more than 32 MB is refused, and nothing is changed", async () => {
  await using home = await Home.create();
  const stdin = new Uint8Array(33 * 1024 * 1024).fill(0x20);
  assert.match(
    await home.program.fails(2, ["create", "work", "--import", "-"], { stdin }),
    /32 MB/,
  );
});
