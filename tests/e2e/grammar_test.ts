import assert from "node:assert/strict";
import { Home } from "./harness.ts";

Deno.test("the names of other programs for a command work too", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  assert.match(await home.ok("ls"), /work/);
  assert.equal(await home.ok("ps"), await home.ok("list"));
  assert.equal(await home.ok("help", "rm"), await home.ok("remove", "--help"));
  assert.match(await home.ok("rm", "work", "-y"), /Removed "work"/);
});

Deno.test("what is nearly a command, an instance or a server is recognised", async () => {
  await using home = await Home.create();
  for (const name of ["work", "play", "gone"]) await home.ok("create", name);
  await home.ok("remove", "gone", "-y");
  for (
    const [args, exit, said] of [
      [["stat"], 2, /Unknown command 'stat'\nDid you mean status\?/],
      [["shel", "work"], 2, /Did you mean shell\?/],
      [["xyzzy"], 2, /Unknown command 'xyzzy'\nSee: cmgr --help/],
      [["status", "wrok"], 3, /Did you mean "work"\?/],
      [["status", "gone"], 3, /"gone" is in the trash\nBring it back with: cmgr restore gone/],
      [["stop", "gone"], 3, /"gone" is in the trash/],
      [["restore", "gon"], 3, /Did you mean "gone"\?/],
      [["create", "x", "--tools", "memry"], 2, /Did you mean "memory"\?/],
      [["mcp", "remov", "-i", "work", "x"], 2, /Unknown action "remov"\nDid you mean "remove"\?/],
      [["mcp", "work", "lst"], 2, /Unknown action "lst"\nDid you mean "list"\?/],
      [["mcp", "work", "remove", "filesytem"], 1, /Did you mean "filesystem"\?/],
      [["mcp", "work", "--unpin", "filesytem"], 2, /Did you mean "filesystem"\?/],
      [["check", "work", "filesytem"], 2, /Did you mean "filesystem"\?/],
    ] as const
  ) {
    assert.match(await home.fails(exit, args), said, args.join(" "));
  }
});

Deno.test("the name of the only instance, or of the default one, may be left out", async () => {
  await using home = await Home.create();
  assert.match(await home.fails(2, ["config"]), /No instance was named\nThere are no instances/);
  await home.ok("create", "work");
  assert.match(await home.ok("status"), /^work\n/);
  assert.equal(await home.ok("path"), `${home.at("sandboxes/work")}\n`);
  assert.match(await home.ok("config"), /mcpServers/);
  assert.match(await home.ok("env"), /CLAUDE_INSTANCE='work'/);
  assert.match(await home.fails(2, ["remove", "--yes"]), /missing required argument/i);
  await home.ok("create", "play");
  assert.match(await home.fails(2, ["config"]), /Name one of: play, work/);
  await home.ok("settings", "set", "defaultInstance", "play");
  assert.match(await home.ok("status"), /^play\n/);
});

Deno.test("path prints the folder, the config or the logs of an instance", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  assert.equal(await home.ok("path", "work", "--config"), `${home.at(home.config("work"))}\n`);
  const { path } = await home.json("path", "work", "--logs");
  assert.equal(path, home.at("sandboxes/work/.config/Claude/logs"));
  await home.fails(2, ["path", "work", "--logs", "--config"]);
});

Deno.test("remove takes several names, and removes none when one of them is wrong", async () => {
  await using home = await Home.create();
  for (const name of ["a", "b", "c"]) await home.ok("create", name);
  const before = await home.snapshot();
  await home.fails(3, ["remove", "a", "nosuch", "--yes"]);
  assert.deepEqual(await home.snapshot(), before);
  const { instances } = await home.json("remove", "a", "b", "--yes");
  assert.deepEqual(instances.map(({ status }: { status: string }) => status), [
    "removed",
    "removed",
  ]);
  assert.equal((await home.json("list")).instances.length, 1);
});

Deno.test("on a terminal remove asks, and takes nothing but a yes for one", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  for (const stdin of ["", "\n", "no\n", "yess\n"]) {
    const { code, stderr } = await home.run(["remove", "work"], { stdin, isTerminal: true });
    assert.equal(code, 1);
    assert.match(stderr, /moves .*\/sandboxes\/work to the trash\. Continue\? \[y\/N\] /);
    assert.match(stderr, /Nothing was changed/);
  }
  await home.ok("status", "work");
  const ran = await home.run(["remove", "work"], { stdin: "y\n", isTerminal: true });
  assert.equal(ran.code, 0, ran.stderr);
  await home.fails(3, ["status", "work"]);
});

Deno.test("what has no terminal is not asked, whatever it is given to read", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  assert.match(await home.fails(2, ["remove", "work"], { stdin: "y\n" }), /remove work --yes/);
});

Deno.test("tables fit a terminal of 80 columns", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const url = "https://mcp.example.com/a/rather/long/path/to/the/endpoint?with=several&words=too";
  await home.ok("mcp", "add", "docs", "--url", url, "--header", "X-Organisation: example");
  await home.ok("create", "gone");
  await home.ok("remove", "gone", "--yes");
  const lines = [
    ["mcp", "list", "-i", "work"],
    ["config", "work", "--history"],
    ["settings"],
    [
      "trash",
    ],
    ["list", "--long"],
    ["ports"],
    ["tools"],
    ["du"],
  ];
  for (const line of lines) {
    const { stdout } = await home.run(line, { isTerminal: true });
    // deno-lint-ignore no-control-regex
    const wide = stdout.replaceAll(/\x1b\[[\d;]*m/g, "").split("\n").filter((row) =>
      row.length > 80
    );
    assert.deepEqual(wide, [], line.join(" "));
    assert.notEqual(stdout, "");
  }
});
