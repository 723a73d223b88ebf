import assert from "node:assert/strict";
import { homeWithApp, noNode, until } from "./stand_in.ts";
import { Said } from "./streams.ts";

Deno.test("the app's output is kept, rotated at every start, and readable by the user alone", {
  ignore: noNode,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  assert.match(await home.fails(1, ["logs", "work"]), /never started/);
  for (let i = 0; i < 5; i++) {
    await home.write(".cmgr/logs/work.log", `run ${i}\n`);
    await app.start(["work"]);
    await until("the log", async () => /started with 0/.test(await home.ok("logs", "work")));
    await home.ok("stop", "work");
  }
  assert.match(await home.ok("logs", "work"), /started with 0 servers/);
  const names = await Array.fromAsync(Deno.readDir(home.at(".cmgr", "logs")));
  assert.deepEqual(names.map(({ name }) => name).sort(), [
    "work.log",
    "work.log.1",
    "work.log.2",
    "work.log.3",
  ]);
  assert.equal(await home.read(".cmgr/logs/work.log.1"), "run 4\n");
  const { mode } = await Deno.stat(home.at(".cmgr", "logs", "work.log"));
  assert.equal((mode ?? 0) & 0o777, 0o600);
  await home.ok("remove", "work", "--yes", "--purge");
  assert.deepEqual(await Array.fromAsync(Deno.readDir(home.at(".cmgr", "logs"))), []);
});

Deno.test("logs shows as many of the last lines as asked", async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  const lines = Array.from({ length: 30_000 }, (_, i) => `line ${i}`);
  await home.write(".cmgr/logs/work.log", `${lines.join("\n")}\n`);
  assert.equal(await home.ok("logs", "work", "-n", "2"), "line 29998\nline 29999\n");
  assert.equal(await home.ok("logs", "work", "-n", "0"), "");
  assert.equal((await home.ok("logs", "work")).split("\n").length, 101);
  assert.equal(await home.ok("logs", "work", "-n", "999999"), `${lines.join("\n")}\n`);
  await home.write(".cmgr/logs/work.log", "no break at the end\nlast");
  assert.equal(await home.ok("logs", "work", "-n", "1"), "last");
  await home.write(".cmgr/logs/work.log", "");
  assert.equal(await home.ok("logs", "work"), "");
  await home.fails(2, ["logs", "work", "-n", "many"]);
});

Deno.test("a huge log is shown without reading all of it", async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  await home.write(".cmgr/logs/work.log", "");
  using file = await Deno.open(home.at(".cmgr", "logs", "work.log"), { write: true });
  // 20 GB, of which the disk holds no more than the end.
  await file.truncate(20_000_000_000);
  await file.seek(0, Deno.SeekMode.End);
  await file.write(new TextEncoder().encode("\nthe end\n"));
  assert.equal(await home.ok("logs", "work", "-n", "1"), "the end\n");
  const { length } = await home.ok("logs", "work", "-n", "5");
  assert.ok(length < 10_000_000, `${length} bytes`);
});

Deno.test("the app's log of one server is found by its name, and by nothing else", async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  await home.write(app.inData("work", "logs/mcp-server-my server.log"), "hello\n");
  await home.write(app.inData("work", "logs/secret.txt"), "secret\n");
  assert.equal(await home.ok("logs", "work", "--server", "my server"), "hello\n");
  const other = await home.fails(1, ["logs", "work", "--server", "other"]);
  assert.match(other, Deno.build.os === "darwin" ? /Library\/Logs/ : /my server/);
  await home.fails(2, ["logs", "work", "--server", "../x"]);
  await Deno.symlink(
    home.at(app.inData("work", "logs/secret.txt")),
    home.at(app.inData("work", "logs/mcp-server-link.log")),
  );
  assert.match(await home.fails(6, ["logs", "work", "--server", "link"]), /symbolic link/);
});

Deno.test("a followed log shows new lines, and continues with the log of the next start", async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  await home.write(".cmgr/logs/work.log", "first\n");
  const child = home.spawn(["logs", "work", "-f"]);
  const shown = new Said(child.stdout);
  try {
    await until("the log is shown", () => Promise.resolve(shown.text === "first\n"));
    await Deno.writeTextFile(home.at(".cmgr", "logs", "work.log"), "second\n", { append: true });
    await until("more is shown", () => Promise.resolve(shown.text === "first\nsecond\n"));
    await Deno.rename(home.at(".cmgr/logs/work.log"), home.at(".cmgr/logs/work.log.1"));
    await home.write(".cmgr/logs/work.log", "third\n");
    await until(
      "the next is shown",
      () => Promise.resolve(/second\n--- started \S+ \S+ ---\nthird\n$/.test(shown.text)),
    );
  } finally {
    child.kill("SIGKILL");
    await Promise.all([shown.ended, child.status, child.stderr.cancel(), child.stdin.close()]);
  }
});

Deno.test("several logs are merged by their times, each run with a line above it", async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  const at = (minute: number) => `2026-11-01T10:0${minute}:00.000Z`;
  await home.write(
    app.inData("work", "logs/mcp-server-a.log"),
    `${at(0)} [a] [info] Initializing server...\n${at(2)} [a] [info] asked\n  and more\n` +
      `${at(5)} [a] [info] Initializing server...\n`,
  );
  await home.write(app.inData("work", "logs/mcp-server-bc.log"), `${at(1)} [bc] hello\nend`);
  const text = await home.ok("logs", "work", "--server", "bc", "--server", "a");
  assert.deepEqual(text.replace(/started .* ---/, "started ---").split("\n"), [
    `a  | ${at(0)} [a] [info] Initializing server...`,
    `bc | ${at(1)} [bc] hello`,
    "bc | end",
    `a  | ${at(2)} [a] [info] asked`,
    "a  |   and more",
    "a  | --- started ---",
    `a  | ${at(5)} [a] [info] Initializing server...`,
    "",
  ]);
  await home.write(".cmgr/logs/work.log", "app\n");
  assert.equal((await home.ok("logs", "work", "--all")).match(/^(a|bc|app) +\| /gm)?.length, 8);
  await home.fails(2, ["logs", "work", "--all", "--server", "a"]);
});

Deno.test("--since leaves out what was written before", async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const log = [ago(90), ago(30), ago(2)].map((time, i) => `${time} line ${i}\n  goes on\n`);
  await home.write(app.inData("work", "logs/mcp-server-a.log"), log.join(""));
  const since = (time: string) => home.ok("logs", "work", "--server", "a", "--since", time);
  assert.equal(await since("10m"), log[2]);
  assert.equal(await since("1h"), log[1] + log[2]);
  assert.equal(await since("2020-01-01"), log.join(""));
  // Without times of its own, a log is as recent as its last change.
  await home.write(".cmgr/logs/work.log.1", "earlier\n");
  await home.write(".cmgr/logs/work.log", "now\n");
  assert.match(await home.ok("logs", "work", "--since", "10m"), /^earlier\n--- .* ---\nnow\n$/);
  const old = new Date(Date.now() - 3_600_000);
  await Deno.utime(home.at(".cmgr/logs/work.log.1"), old, old);
  assert.equal(await home.ok("logs", "work", "--since", "10m"), "now\n");
  for (const bad of ["soon", "10", "2026-13-01", ""]) {
    await home.fails(2, ["logs", "work", "--since", bad]);
  }
});
