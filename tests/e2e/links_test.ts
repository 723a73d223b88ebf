import assert from "node:assert/strict";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import type { Home } from "./harness.ts";
import { type AppHome, homeWithApp, noNode, until } from "./stand_in.ts";
import { Said } from "./streams.ts";

const ignore = any(lacksBubblewrap(), noNode);

/** Without it, what fails is said in a log, which a test can read. */
const env = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };

/** What the app of an instance was handed. */
async function opened(app: AppHome, name: string): Promise<string[]> {
  const text = await app.home.read(app.inData(name, "opened.txt")).catch(() => "");
  return text.split("\n").filter(Boolean);
}

/** A command that waits for the login of "a". */
class Login implements AsyncDisposable {
  readonly stdout: Said;
  readonly stderr: Said;
  readonly #child: Deno.ChildProcess;
  #isOver = false;

  constructor(home: Home, minutes: string) {
    this.#child = home.spawn(["login", "a", "--minutes", minutes]);
    this.stdout = new Said(this.#child.stdout);
    this.stderr = new Said(this.#child.stderr);
  }

  async waits(): Promise<void> {
    await until("it waits", () => Promise.resolve(this.stderr.text.includes("Ctrl-C")));
  }

  kill(signal: Deno.Signal): void {
    if (!this.#isOver) this.#child.kill(signal);
  }

  async ended(): Promise<number> {
    const { code } = await this.#child.status;
    this.#isOver = true;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.ended();
    await Promise.all([this.stdout.ended, this.stderr.ended, this.#child.stdin.close()]);
  }
}

/** Every file of cmgr's own, as one text. */
async function stateOf({ home }: AppHome): Promise<string> {
  const all = Object.entries(await home.snapshot());
  return all.filter(([path]) => path.startsWith(".cmgr")).flat().join("\n");
}

Deno.test("open hands a link to the running instance, and starts one that does not run", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("a");
  await app.create("b");
  await app.start(["a", "b"]);
  const { pid } = await app.ready("a");
  await app.ready("b");
  const out = await home.program.ok("open", "a", "claude://x?code=s3cret&state='$(id)'");
  assert.doesNotMatch(out, /s3cret/);
  assert.deepEqual(await opened(app, "a"), ["claude://x?code=s3cret&state='$(id)'"]);
  assert.deepEqual(await opened(app, "b"), []);
  assert.equal((await app.ready("a")).pid, pid, "it is the app that ran before");

  await home.ok("stop", "b");
  assert.match(await home.program.ok("open", "b", "claude://later"), /Started "b"/);
  assert.deepEqual(await opened(app, "b"), ["claude://later"]);
  assert.match(await home.program.ok("open", "b"), /^Opened "b"\n$/);
  assert.deepEqual(await opened(app, "b"), ["claude://later"]);
  assert.doesNotMatch(await stateOf(app), /s3cret/);
  await home.fails(3, ["open", "none", "claude://x"]);
});

Deno.test("no link stays in the list of processes", { ignore }, async () => {
  await using app = await homeWithApp({ isolation: "profile" });
  await app.create("a");
  await app.home.program.ok("open", "a", "claude://s3cret-in-list");
  const { stdout } = await new Deno.Command("ps", { args: ["-eww", "-o", "args"] }).output();
  assert.doesNotMatch(new TextDecoder().decode(stdout), /s3cret-in-list/);
  assert.deepEqual(await opened(app, "a"), ["claude://s3cret-in-list"]);
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
  assert.deepEqual(await opened(app, "a"), []);
  const { links } = await app.ready("a");
  assert.deepEqual(links, []);
  assert.doesNotMatch(await stateOf(app), /s3cret/);
});

Deno.test("what goes wrong with a link is shown on the desktop", { ignore }, async () => {
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
  assert.match(shown, /^Claude link\nA link to Claude has come, and no instance runs/m);
  assert.doesNotMatch(shown, /s3cret/);
});

Deno.test("links go to what was opened last, or where the settings say, or to nobody", {
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
  assert.match(await home.program.fails(1, route, { env }), /no instance runs/);
  assert.match(await home.read(".cmgr/logs/.links.log"), /no instance runs/);

  await app.start(["a"]);
  await app.start(["b"]);
  await app.ready("a");
  await app.ready("b");
  assert.deepEqual(await takers(), ["b"]);
  assert.match(await home.ok("list"), /b .*here/);
  assert.match(await home.ok("status", "b"), /links go here now/);
  await home.program.ok("open", "--route", "claude://s3cret-1");
  assert.deepEqual(await opened(app, "b"), ["claude://s3cret-1"]);
  await home.program.ok("open", "a");
  await home.program.ok("open", "--route", "claude://s3cret-2");
  assert.deepEqual(await opened(app, "a"), ["claude://s3cret-2"]);

  // What was opened last and has died since takes nothing.
  await home.program.ok("open", "b");
  Deno.kill((await home.json("status", "b")).pid, "SIGKILL");
  await until(
    "the death is seen",
    async () => (await home.json("status", "b")).status !== "running",
  );
  await home.program.ok("open", "--route", "claude://s3cret-3");
  assert.deepEqual(await opened(app, "a"), ["claude://s3cret-2", "claude://s3cret-3"]);

  const settings = await home.readJson(".cmgr/config.jsonc");
  await home.write(".cmgr/config.jsonc", JSON.stringify({ ...settings, defaultInstance: "c" }));
  assert.deepEqual(await takers(), ["c"]);
  await home.program.ok("open", "--route", "claude://s3cret-4");
  assert.deepEqual(await opened(app, "c"), ["claude://s3cret-4"]);
  assert.doesNotMatch(await stateOf(app), /s3cret/);
});

Deno.test("a login takes the next link, whatever was opened last, and ends with it", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("a");
  await app.create("b");
  await app.start(["b"]);
  await app.ready("b");
  await using login = new Login(home, "10");
  await login.waits();
  assert.match(login.stderr.text, /Waiting.*until \d{4}-.*Ctrl-C/s);
  assert.equal((await home.json("status", "a")).takesLinks, true);

  const message = await home.fails(4, ["login", "b"]);
  assert.match(message, /login of "a" is awaited already, for \d+ more minutes/);
  await home.program.ok("open", "b");
  await home.program.ok("open", "--route", "claude://s3cret");
  assert.deepEqual(await opened(app, "a"), ["claude://s3cret"]);
  assert.equal(await login.ended(), 0);
  assert.match(login.stdout.text, /has come.*"a"/);
  assert.doesNotMatch(login.stdout.text + login.stderr.text, /s3cret/);
  assert.doesNotMatch(await stateOf(app), /s3cret/);
});

Deno.test("a login ends with its time, and links go elsewhere again", { ignore }, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("a");
  await app.create("b");
  await app.start(["a"]);
  await app.ready("a");
  const ran = await home.process(["login", "a", "--minutes", "0.05"]);
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /No link for "a" has come within 0.05 minutes/);
  await app.start(["b"]);
  await app.ready("b");
  await home.program.ok("open", "--route", "claude://x");
  assert.deepEqual(await opened(app, "b"), ["claude://x"]);
  for (const minutes of ["0", "-1", "61", "x", "1e9"]) {
    await home.fails(2, ["login", "a", `--minutes=${minutes}`]);
  }
});

for (const signal of ["SIGINT", "SIGKILL"] as const) {
  Deno.test(`a login that is ended by ${signal} leaves no more than its time`, {
    ignore,
  }, async () => {
    await using app = await homeWithApp();
    const { home } = app;
    await app.create("a");
    await app.start(["a"]);
    await app.ready("a");
    await using login = new Login(home, "0.1");
    const began = performance.now();
    await login.waits();
    login.kill(signal);
    const code = await login.ended();
    const again = () => home.process(["login", "a", "--minutes", "0.001"]);
    if (signal === "SIGINT") {
      assert.equal(code, 130);
      assert.match((await again()).stderr, /No link/, "the way is free at once");
      return;
    }
    assert.equal((await again()).code, 4, "the browser may still be under way");
    await until("the window is over", async () => (await again()).code !== 4);
    assert.ok(performance.now() - began >= 5_000, "it lasted as long as it was to");
  });
}

Deno.test("the handler's entry is valid and names what to do", {
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
  assert.match(ran.stderr, /go back.*xdg-mime default claude-desktop\.desktop/s);
  await home.fails(2, ["desktop", "--handler", "work"]);
});
