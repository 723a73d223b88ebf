import assert from "node:assert/strict";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { homeWithApp, homeWithInstances, noNode, until } from "./stand_in.ts";

const ignore = any(lacksBubblewrap(), noNode);

/** Without it, what fails is said in a log, which a test can read. */
const env = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };

Deno.test("open passes a link to a running instance, and starts one that does not run", {
  ignore,
}, async () => {
  await using app = await homeWithInstances("a", "b");
  const { home } = app;
  await app.start(["a", "b"]);
  const { pid } = await app.ready("a");
  await app.ready("b");
  const out = await home.program.ok("open", "a", "claude://x?code=s3cret&state='$(id)'");
  assert.doesNotMatch(out, /s3cret/);
  assert.deepEqual(await app.opened("a"), ["claude://x?code=s3cret&state='$(id)'"]);
  assert.deepEqual(await app.opened("b"), []);
  assert.equal((await app.ready("a")).pid, pid, "it is the app that ran before");

  await home.ok("stop", "b");
  assert.match(await home.program.ok("open", "b", "claude://later"), /Started "b"/);
  assert.deepEqual(await app.opened("b"), ["claude://later"]);
  assert.match(await home.program.ok("open", "b"), /^Opened "b"\n$/);
  assert.deepEqual(await app.opened("b"), ["claude://later"]);
  assert.doesNotMatch(await app.ownFiles(), /s3cret/);
  await home.fails(3, ["open", "none", "claude://x"]);
});

Deno.test("no link stays in the list of processes", { ignore }, async () => {
  await using app = await homeWithApp({ isolation: "profile" });
  await app.create("a");
  await app.home.program.ok("open", "a", "claude://s3cret-in-list");
  const { stdout } = await new Deno.Command("ps", { args: ["-eww", "-o", "args"] }).output();
  assert.doesNotMatch(new TextDecoder().decode(stdout), /s3cret-in-list/);
  assert.deepEqual(await app.opened("a"), ["claude://s3cret-in-list"]);
});

Deno.test("hostile links reach no app, and are neither shown nor kept", { ignore }, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("a");
  await app.start(["a"]);
  await app.ready("a");
  for (
    const link of [
      'claude://s3cret" --no-sandbox',
      "claude://s3cret\n--no-sandbox",
      `claude://s3cret${"a".repeat(100_000)}`,
      "https://s3cret.example",
      "--user-data-dir=s3cret",
      "s3cret",
    ]
  ) {
    for (const args of [["open", "a", "--", link], ["open", "--route", "--", link]]) {
      assert.doesNotMatch(await home.program.fails(2, args, { env }), /s3cret/);
    }
  }
  const good = "claude://s3cret";
  for (
    const args of [
      ["open", good],
      ["open", "a", good, "more"],
      ["open", "--route", good, "more"],
      ["open", `--x=${good}`],
      ["start", good],
    ]
  ) assert.doesNotMatch(await home.program.fails(2, args, { env }), /s3cret/);
  assert.deepEqual(await app.opened("a"), []);
  const { links } = await app.ready("a");
  assert.deepEqual(links, []);
  assert.doesNotMatch(await app.ownFiles(), /s3cret/);
});

Deno.test("errors about a link are shown on the desktop", { ignore }, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await home.write(
    "bin/notify-send",
    `#!/bin/sh\nprintf '%s\\n' "$@" >"${home.at("shown.txt")}"\n`,
  );
  await Deno.chmod(home.at("bin", "notify-send"), 0o755);
  const PATH = `${home.at("bin")}:${Deno.env.get("PATH")}`;
  await home.program.fails(1, ["open", "--route", "claude://s3cret"], { env: { PATH } });
  const shown = await home.read("shown.txt");
  assert.match(shown, /^Claude link\nA claude:\/\/ link was opened, but no instance is running/m);
  assert.doesNotMatch(shown, /s3cret/);
});

Deno.test("links go to the instance opened last, or the one in the settings, or nowhere", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  for (const name of ["a", "b", "c"]) await app.create(name);
  const takers = async () => {
    const { instances } = await home.json("list");
    return instances.filter((one: { takesLinks: boolean }) => one.takesLinks)
      .map((one: { instance: string }) => one.instance);
  };
  assert.deepEqual(await takers(), []);
  const route = ["open", "--route", "claude://s3cret-0"];
  assert.match(await home.program.fails(1, route, { env }), /no instance is running/);
  assert.match(await home.read(".cmgr/logs/.links.log"), /no instance is running/);

  await app.start(["a"]);
  await app.start(["b"]);
  await app.ready("a");
  await app.ready("b");
  assert.deepEqual(await takers(), ["b"]);
  assert.match(await home.ok("list"), /b .*yes/);
  assert.match(await home.ok("status", "b"), /receives claude:\/\/ links/);
  await home.program.ok("open", "--route", "claude://s3cret-1");
  assert.deepEqual(await app.opened("b"), ["claude://s3cret-1"]);
  await home.program.ok("open", "a");
  await home.program.ok("open", "--route", "claude://s3cret-2");
  assert.deepEqual(await app.opened("a"), ["claude://s3cret-2"]);

  // What was opened last and has died since takes nothing.
  await home.program.ok("open", "b");
  Deno.kill((await home.json("status", "b")).pid, "SIGKILL");
  await until(
    "the death is seen",
    async () => (await home.json("status", "b")).status !== "running",
  );
  await home.program.ok("open", "--route", "claude://s3cret-3");
  assert.deepEqual(await app.opened("a"), ["claude://s3cret-2", "claude://s3cret-3"]);

  const settings = await home.readJson(".cmgr/config.jsonc");
  await home.write(".cmgr/config.jsonc", JSON.stringify({ ...settings, defaultInstance: "c" }));
  assert.deepEqual(await takers(), ["c"]);
  await home.program.ok("open", "--route", "claude://s3cret-4");
  assert.deepEqual(await app.opened("c"), ["claude://s3cret-4"]);
  assert.doesNotMatch(await app.ownFiles(), /s3cret/);
});

Deno.test("the handler's desktop entry is valid and says what to do", {
  ignore: isMissing("desktop-file-validate", "desktop-file-utils"),
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  const { stdout, stderr, code } = await home.process(["desktop", "--handler"]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Exec=\S+ open --route -- %u$/m);
  assert.match(stdout, /^MimeType=x-scheme-handler\/claude;$/m);
  assert.match(stderr, /xdg-mime default cmgr\.links\.handler\.desktop x-scheme-handler\/claude/);
  await home.write("cmgr.links.handler.desktop", stdout);
  const { success, stdout: said } = await new Deno.Command("desktop-file-validate", {
    args: [home.at("cmgr.links.handler.desktop")],
  }).output();
  assert.ok(success, new TextDecoder().decode(said));
  assert.equal(new TextDecoder().decode(said), "");

  // A desktop where another program takes the links.
  await home.write("bin/xdg-mime", "#!/bin/sh\necho claude-desktop.desktop\n");
  await Deno.chmod(home.at("bin", "xdg-mime"), 0o755);
  const ran = await home.process(["desktop", "--handler"], {
    env: { PATH: `${home.at("bin")}:${Deno.env.get("PATH")}` },
  });
  assert.match(
    ran.stderr,
    /^To undo it:\n( {2}.*\n)* {2}xdg-mime default claude-desktop\.desktop/m,
  );
  await home.fails(2, ["desktop", "--handler", "work"]);
});
