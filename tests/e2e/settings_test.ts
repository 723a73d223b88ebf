import assert from "node:assert/strict";
import { Home } from "./harness.ts";
import { notOnWindows } from "./windows.ts";

const file = ".cmgr/config.jsonc";

Deno.test("a setting is set and unset, and every comment stays", async () => {
  await using home = await Home.create(null);
  const text = '{\n  // mine\n  "basePort": 12000, // the first\n  "wayland": false\n}\n';
  await home.write(file, text);
  assert.match(await home.ok("settings", "set", "isolation", "profile"), /^Set isolation/);
  const changed = await home.read(file);
  assert.match(changed, /^\{\n {2}"\$schema": "https:\S+config\.schema\.json",\n {2}\/\/ mine\n/);
  assert.match(changed, /"basePort": 12000, \/\/ the first\n {2}"wayland": false,\n/);
  assert.match(changed, /"isolation": "profile"\n\}\n$/);
  assert.equal(await home.ok("settings", "get", "isolation"), "profile\n");
  assert.match(await home.ok("settings", "set", "isolation", "profile"), /Nothing was changed/);
  await home.ok("settings", "unset", "isolation");
  assert.equal(await home.ok("settings", "get", "isolation"), "auto\n");
  assert.match(await home.ok("settings", "unset", "isolation"), /Nothing was changed/);
});

Deno.test("without a file one is made, for its owner alone", async () => {
  await using home = await Home.create(null);
  assert.equal(await home.ok("settings", "path"), `${home.shown(file)}\n`);
  await home.ok("settings", "set", "wayland", "true");
  assert.equal(await home.modeOf(file), 0o600);
  assert.equal((await home.readJson(file)).wayland, true);
});

Deno.test("an instance has settings of its own, which win", {
  ignore: notOnWindows("Wine has no PowerShell, which finds and starts the app."),
}, async () => {
  await using home = await Home.create({ launcher: ["sh", "-c", "sleep 60"] });
  await home.ok("create", "work");
  await home.ok("create", "play");
  await home.ok("settings", "set", "isolation", "profile");
  await home.ok("settings", "set", "environment.COLOUR", "red");
  await home.ok("settings", "set", "-i", "work", "args", "--", "--scale=2", "--mute");
  await home.ok("settings", "set", "-i", "work", "environment.SHAPE", "round");
  const work = await home.json("start", "work", "--dry-run");
  assert.deepEqual(work.argv.slice(-2), ["--scale=2", "--mute"]);
  assert.equal(work.env.COLOUR, "red");
  assert.equal(work.env.SHAPE, "round");
  const play = await home.json("start", "play", "--dry-run");
  assert.ok(!play.argv.includes("--mute"));
  assert.equal(play.env.SHAPE, undefined);
  const { settings } = await home.json("settings", "list", "-i", "work");
  const sources = Object.fromEntries(
    settings.map((one: { key: string; source: string }) => [one.key, one.source]),
  );
  assert.equal(sources.args, "instance");
  assert.equal(sources.isolation, "file");
  assert.equal(sources.wayland, "default");
  assert.match(
    await home.ok("settings"),
    /sessionBus +filtered/,
    "no setting is taken for a secret",
  );
});

Deno.test("settings of an instance move when it is renamed, and are copied when it is cloned", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.ok("settings", "set", "-i", "work", "wayland", "true");
  await home.ok("settings", "set", "defaultInstance", "work");
  await home.ok("rename", "work", "office");
  await home.ok("clone", "office", "lab");
  const { instances, defaultInstance } = JSON.parse(await home.read(file));
  assert.deepEqual(instances, { office: { wayland: true }, lab: { wayland: true } });
  assert.equal(defaultInstance, "office");
});

for (
  const [what, args, exit, said] of [
    ["an unknown setting", ["set", "isolaton", "auto"], 2, /Did you mean "isolation"\?/],
    [
      "a value that it cannot have",
      ["set", "isolation", "full"],
      2,
      /^error: "isolation" is not one of "auto", "bubblewrap"/,
    ],
    ["a number out of range", ["set", "basePort", "80"], 2, /"basePort" is 80; it must be/],
    ["an instance that is not there", ["set", "defaultInstance", "wrok"], 3, /Did you mean "work"/],
    ["the settings of no instance", ["set", "-i", "wrok", "wayland", "true"], 3, /"work"/],
    ["what one instance cannot have", ["set", "-i", "work", "basePort", "9000"], 2, /for a single/],
    ["a variable of cmgr's own", ["set", "environment.MCP_PORT", "1"], 2, /set by cmgr itself/],
    ["no value", ["set", "isolation"], 2, /Write: cmgr settings set KEY VALUE/],
    [
      "an unknown action",
      ["sett", "isolation"],
      2,
      /'sett' is not one of list, get, set, .*\nDid you mean/,
    ],
  ] as const
) {
  Deno.test(`${what} is refused by settings, and changes nothing`, async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    const before = await home.snapshot();
    assert.match(await home.fails(exit, ["settings", ...args]), said);
    assert.deepEqual(await home.snapshot(), before);
  });
}

Deno.test("a key that means nothing is an error in the file too, with a suggestion", async () => {
  await using home = await Home.create({ isolaton: "auto" });
  assert.match(
    await home.fails(6, ["list"]),
    /"isolaton" is not a field that cmgr knows; did you mean "isolation"\?/,
  );
  await home.write(file, '{ "instances": { "work": {\n"wayand": true } } }');
  assert.match(await home.fails(6, ["list"]), /line 2: "instances.work.wayand".*"wayland"/);
});

Deno.test("a default instance that is not there is said where it would be used", async () => {
  await using home = await Home.create({ defaultInstance: "wrok" });
  await home.ok("create", "work");
  const said = await home.fails(3, ["config"]);
  assert.match(
    said,
    /"defaultInstance" in .* is "wrok", which is not an instance\nDid you mean "work"\?/,
  );
  const { checks } = await home.json("doctor");
  assert.ok(
    checks.some(({ status, message }: { status: string; message: string }) =>
      status === "warning" && /"defaultInstance" is "wrok"/.test(message)
    ),
  );
});

Deno.test("settings edit saves what is sound, and keeps what is not", {
  ignore: notOnWindows("The editors are scripts of sh."),
}, async () => {
  await using home = await Home.create({ wayland: false });
  const edit = () => home.process(["settings", "edit"], { env: { EDITOR: home.at("set") } });
  await home.write("set", `#!/bin/sh\ncp '${home.at("next")}' "$1"\n`, 0o700);
  await home.write("next", '{ "wayland": "maybe" }');
  const bad = await edit();
  assert.equal(bad.code, 2, bad.stderr);
  assert.match(
    bad.stderr,
    /not saved: .*"wayland" is a string[^]*continue with: cmgr settings edit/,
  );
  assert.equal((await home.readJson(file)).wayland, false);
  await home.write("next", '{ "wayland": true }');
  const good = await edit();
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stderr, /Continuing with the unsaved edit/);
  assert.equal(await home.read(file), '{ "wayland": true }');
});
