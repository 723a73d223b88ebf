import assert from "node:assert/strict";
import { any, lacksBubblewrap } from "../programs.ts";
import type { Home } from "./harness.ts";
import { homeWithApp, homeWithInstances, noNode, until } from "./stand_in.ts";
import { Said } from "./streams.ts";

const ignore = any(lacksBubblewrap(), noNode);

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

Deno.test("a login takes the next link, no matter what was opened last, and ends with it", {
  ignore,
}, async () => {
  await using app = await homeWithInstances("a", "b");
  const { home } = app;
  await app.start(["b"]);
  await app.ready("b");
  await using login = new Login(home, "10");
  await login.waits();
  assert.match(login.stderr.text, /Waiting.*until \d{4}-.*Ctrl-C/s);
  assert.equal((await home.json("status", "a")).takesLinks, true);

  const message = await home.fails(4, ["login", "b"]);
  assert.match(message, /waiting for a login of "a", for \d+ more minutes/);
  await home.program.ok("open", "b");
  await home.program.ok("open", "--route", "claude://s3cret");
  await until("the link has come", async () => (await app.opened("a")).length > 0);
  assert.deepEqual(await app.opened("a"), ["claude://s3cret"]);
  assert.equal(await login.ended(), 0);
  assert.match(login.stdout.text, /Sent the login link to "a"/);
  assert.doesNotMatch(login.stdout.text + login.stderr.text, /s3cret/);
  assert.doesNotMatch(await app.ownFiles(), /s3cret/);
});

Deno.test("a login times out, and links go elsewhere again", { ignore }, async () => {
  await using app = await homeWithInstances("a", "b");
  const { home } = app;
  await app.start(["a"]);
  await app.ready("a");
  const ran = await home.process(["login", "a", "--minutes", "0.05"]);
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /No login link for "a" arrived within 0.05 minutes/);
  await app.start(["b"]);
  await app.ready("b");
  await home.program.ok("open", "--route", "claude://x");
  assert.deepEqual(await app.opened("b"), ["claude://x"]);
  for (const minutes of ["0", "-1", "61", "x", "1e9"]) {
    await home.fails(2, ["login", "a", `--minutes=${minutes}`]);
  }
});

for (const signal of ["SIGINT", "SIGKILL"] as const) {
  Deno.test(`a login ended by ${signal} stops taking links`, {
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
      assert.match((await again()).stderr, /No login link/, "the way is free at once");
      return;
    }
    assert.equal((await again()).code, 4, "the browser may still be under way");
    await until("the window is over", async () => (await again()).code !== 4);
    assert.ok(performance.now() - began >= 5_000, "it lasted as long as it was to");
  });
}
