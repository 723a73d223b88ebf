import assert from "node:assert/strict";
import { Home, succeeded } from "./harness.ts";
import { notOnWindows } from "./windows.ts";

Deno.test("config prints the config with secrets masked, as text and as JSON", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const config = await home.readJson(home.config("work"));
  config.mcpServers.memory.env.API_TOKEN = "tell-nobody";
  await home.write(home.config("work"), JSON.stringify(config, undefined, 2));
  const shown = await home.ok("config", "work");
  assert.doesNotMatch(shown, /tell-nobody/);
  assert.match(shown, /"API_TOKEN": "\*+"/);
  const { content } = await home.json("config", "work");
  config.mcpServers.memory.env.API_TOKEN = "********";
  assert.deepEqual(content, config);
  await home.fails(3, ["config", "nobody"]);
});

Deno.test("config --diff shows what the app changed since cmgr wrote the config", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  assert.equal(await home.ok("config", "work", "--diff"), "");
  const written = await home.readJson(home.config("work"));
  written.theme = "dark";
  written.mcpServers.memory.env.PASSWORD = "tell-nobody";
  await home.write(home.config("work"), `${JSON.stringify(written, undefined, 2)}\n`);
  const diff = await home.ok("config", "work", "--diff");
  assert.match(diff, /^--- as cmgr wrote it\n\+\+\+ .*claude_desktop_config\.json\n@@ /);
  assert.match(diff, /^\+ +"theme": "dark"$/m);
  assert.match(diff, /^\+ +"PASSWORD": "\*+"$/m);
  assert.doesNotMatch(diff, /tell-nobody/);
  assert.equal((await home.json("config", "work", "--diff")).changed, true);
});

Deno.test("a secret that changed shows as a changed line", async () => {
  await using home = await Home.create();
  const config = { mcpServers: { a: { command: "x", env: { TOKEN: "one" } } } };
  succeeded(
    await home.run(["create", "work", "--import", "-"], {
      stdin: JSON.stringify(config, undefined, 2),
    }),
  );
  const text = await home.read(home.config("work"));
  await home.write(home.config("work"), text.replace('"one"', '"two"'));
  assert.match(
    await home.ok("config", "work", "--diff"),
    /^- +"TOKEN": "\*+".*\n\+ +"TOKEN": "\*/m,
  );
});

Deno.test("options for the app's settings change those values and nothing else", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const before = await home.read(home.config("work"));
  const changed = await home.json(
    "config",
    "work",
    "--global-shortcut",
    "Ctrl+Alt+Space",
    "--hide-tray",
  );
  assert.equal(changed.changed, true);
  const after = await home.readJson(home.config("work"));
  assert.equal(after.globalShortcut, "Ctrl+Alt+Space");
  assert.deepEqual(after.preferences, { menuBarEnabled: false });
  assert.deepEqual(after.mcpServers, JSON.parse(before).mcpServers);
  assert.equal((await home.json("config", "work", "--hide-tray")).changed, false);
  await home.ok("config", "work", "--show-tray");
  assert.equal((await home.readJson(home.config("work"))).preferences.menuBarEnabled, true);
  assert.equal(await home.modeOf(home.config("work")), 0o600);
  await home.fails(2, ["config", "work", "--show-tray", "--hide-tray"]);
  await home.fails(2, ["config", "work", "--diff", "--history"]);
});

Deno.test("backups are listed and restored, with the current ports", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.ok("config", "work", "--global-shortcut", "Alt+1");
  await home.ok("config", "work", "--global-shortcut", "Alt+2");
  const { backups } = await home.json("config", "work", "--history");
  assert.equal(backups.length, 2);
  for (const { path } of backups) assert.equal(await home.modeOf(path), 0o600);
  assert.match(await home.ok("config", "work", "--history"), new RegExp(backups[0].when));

  const base = await home.basePort();
  const settings = { env: { MCP_BASE_PORT: String(base + 5000) } };
  const moved = succeeded(await home.run(["mcp", "work", "--ports", "--json"], settings));
  await home.ok("config", "work", "--restore", backups[0].when);
  const restored = await home.readJson(home.config("work"));
  assert.equal(restored.globalShortcut, "Alt+1");
  assert.equal(
    restored.mcpServers.filesystem.env.MCP_PORT,
    String(JSON.parse(moved.stdout).ports.filesystem),
  );
  await home.ok("mcp", "work", "--no-ports");
  assert.doesNotMatch(await home.read(home.config("work")), /MCP_PORT|CLAUDE_INSTANCE/);

  assert.match(await home.fails(2, ["config", "work", "--restore", "1999"]), /--history/);
  await home.ok("config", "work", "--restore");
  assert.match(await home.read(home.config("work")), /MCP_|"Alt\+1"/);
});

Deno.test("the newest 20 backups are kept", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  for (let i = 1; i <= 21; i++) await home.ok("config", "work", "--global-shortcut", `F${i}`);
  const { backups } = await home.json("config", "work", "--history");
  assert.equal(backups.length, 20);
  assert.match(await home.read(backups[0].path), /"F20"/);
});

Deno.test("config --edit saves what the editor leaves if it is valid", {
  ignore: notOnWindows("The editors are scripts of sh."),
}, async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.write("good.sh", `sed -i 's/"mcpServers"/"theme": "dark", &/' "$1"`);
  await home.write("bad.sh", `echo '{ "mcpServers": [' > "$1"`);
  const edit = (script: string) =>
    home.process(["config", "work", "--edit"], { env: { EDITOR: `sh ${home.at(script)}` } });
  succeeded(await edit("good.sh"));
  assert.equal((await home.readJson(home.config("work"))).theme, "dark");

  const before = await home.read(home.config("work"));
  const bad = await edit("bad.sh");
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /not saved: .*line 2.*\n.*kept in .*config work --edit/);
  assert.equal(await home.read(home.config("work")), before);
  await home.write("mend.sh", `cat "$1" >&2; echo '{}' > "$1"`);
  const mended = succeeded(await edit("mend.sh"));
  assert.match(mended.stderr, /mcpServers": \[/, "the edit that was kept is gone on with");
  assert.equal((await home.read(home.config("work"))).trim(), "{}");

  const visual = { VISUAL: "true", EDITOR: "false" };
  succeeded(await home.process(["config", "work", "--edit"], { env: visual }));
  const failed = await home.process(["config", "work", "--edit"], { env: { EDITOR: "false" } });
  assert.equal(failed.code, 1);
  succeeded(await home.process(["config", "work", "--edit"], { env: { EDITOR: "true" } }));
});

Deno.test("the config of a running instance is not changed, since the app would undo it", {
  ignore: notOnWindows("Wine has no PowerShell, which finds and starts the app."),
}, async () => {
  await using home = await Home.create({ launcher: ["sh", "-c", "exec sleep 60"] });
  await home.ok("create", "work");
  await home.ok("config", "work", "--show-tray");
  await home.program.ok("start", "work");
  try {
    const before = await home.read(home.config("work"));
    for (const options of [["--edit"], ["--hide-tray"], ["--restore"]]) {
      const said = await home.fails(4, ["config", "work", ...options], { env: { EDITOR: "true" } });
      assert.match(said, /running.*overwrite the change from memory\nStop it first/);
    }
    assert.equal(await home.read(home.config("work")), before);
  } finally {
    await home.ok("stop", "work");
  }
});

Deno.test("a broken config is reported, and a backup restored", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  const good = await home.read(home.config("work"));
  await home.ok("config", "work", "--hide-tray");
  await home.write(home.config("work"), '{ "password": "tell-nobody"');
  for (const options of [[], ["--hide-tray"]]) {
    const said = await home.fails(6, ["config", "work", ...options]);
    assert.doesNotMatch(said, /tell-nobody/);
    assert.match(said, /line 1/);
  }
  assert.doesNotMatch(await home.ok("config", "work", "--diff"), /tell-nobody/);
  await home.ok("config", "work", "--restore");
  assert.deepEqual(await home.readJson(home.config("work")), JSON.parse(good));
});

Deno.test("an edit that was kept does not undo what the app has changed since", {
  ignore: notOnWindows("The editors are scripts of sh."),
}, async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  await home.write("bad.sh", `printf '{ "mine": 1,' > "$1"\n`);
  await home.write("good.sh", `printf '{ "mine": 1 }' > "$1"\n`);
  const edit = async (script: string, answer?: string) => {
    const { runInProcess } = await import("./in_process.ts");
    return await runInProcess(home, ["config", "work", "--edit"], {
      env: { EDITOR: `sh ${home.at(script)}` },
      stdin: `${answer}\n`,
      isTerminal: answer !== undefined,
    });
  };
  assert.equal((await edit("bad.sh")).code, 2);
  await home.write(home.config("work"), '{ "theApps": "token" }\n');
  for (const answer of [undefined, "", "no"]) {
    const refused = await edit("good.sh", answer);
    assert.equal(refused.code, 4, refused.stderr);
    assert.match(refused.stderr, /\+\{ "theApps".*\n[^]*\+\{ "mine"|\+\*+/);
    assert.match(refused.stderr, /has changed since the unsaved edit was made\n.*--discard/);
    assert.deepEqual(await home.readJson(home.config("work")), { theApps: "token" });
  }
  assert.equal((await edit("good.sh", "e")).code, 0);
  assert.deepEqual(await home.readJson(home.config("work")), { mine: 1 });

  assert.equal((await edit("bad.sh")).code, 2);
  await home.write(home.config("work"), '{ "theApps": 2 }\n');
  assert.match(await home.ok("config", "work", "--discard"), /Discarded/);
  assert.match(await home.ok("config", "work", "--discard"), /There is no unsaved edit/);
  await home.write("look.sh", 'cat "$1" >&2\n');
  succeeded(await edit("look.sh"));
  assert.deepEqual(await home.readJson(home.config("work")), { theApps: 2 });
});

Deno.test("an earlier config is shown before it is put back, secrets masked", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  await home.ok("mcp", "add", "gh", "-e", "GH_TOKEN=tell-nobody", "--", "gh");
  await home.ok("config", "work", "--hide-tray");
  assert.match(
    await home.ok("config", "work", "--history"),
    /\n1 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /,
  );
  const shown = await home.ok("config", "work", "--show", "1");
  assert.match(shown, /"gh"/);
  assert.doesNotMatch(shown, /tell-nobody|menuBarEnabled/);
  const { content } = await home.json("config", "work", "--show", "2");
  assert.deepEqual(content.mcpServers, {});
  await home.fails(2, ["config", "work", "--show", "9"]);
});

for (
  const [keys, said] of [
    ["Ctrl+Alt", /"Alt" is not a key/],
    ["Strg+Space", /"Strg" is not a modifier/],
    ["Ctrl+Spcae", /Did you mean "Space"\?/],
    ["Ctrl++", /is not a modifier/],
    [" ", /is not a key/],
  ] as const
) {
  Deno.test(`"${keys}" is no shortcut, and changes nothing`, async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    const before = await home.snapshot();
    assert.match(await home.fails(2, ["config", "work", "--global-shortcut", keys]), said);
    assert.deepEqual(await home.snapshot(), before);
  });
}
