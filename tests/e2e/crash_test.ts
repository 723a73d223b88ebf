import assert from "node:assert/strict";
import { any, lacksBubblewrap, onlyOn } from "../programs.ts";
import { homeWithApp, noNode, until } from "./stand_in.ts";

const ignore = any(lacksBubblewrap(), noNode);

for (const isolation of ["bubblewrap", "profile"]) {
  Deno.test(`stop ends a server that left its session (${isolation})`, {
    ignore,
  }, async () => {
    await using app = await homeWithApp({ isolation });
    await app.create("work");
    await app.create("work2");
    await app.start(["work", "work2"], "detach");
    await app.ready("work");
    await app.ready("work2");
    const other = await app.processes("work2");
    await app.home.ok("stop", "work");
    assert.deepEqual(await app.processes("work"), []);
    assert.deepEqual(await app.processes("work2"), other);
  });

  Deno.test(`a killed app is noticed, cleaned up, and started again (${isolation})`, {
    ignore,
  }, async () => {
    await using app = await homeWithApp({ isolation });
    const { home } = app;
    await app.create("work");
    await app.start(["work"], "detach");
    await app.ready("work");
    const { pid } = await home.json("status", "work");
    Deno.kill(pid, "SIGKILL");
    await until(
      "the death is seen",
      async () => (await home.json("status", "work")).status === "leftover",
    );
    assert.match(await home.fails(4, ["start", "work"]), /is not running, but.*cmgr stop work/s);
    assert.match(await home.ok("stop", "work"), /the remaining processes/);
    assert.deepEqual(await app.processes("work"), []);
    assert.equal((await home.json("status", "work")).status, "stopped");
    await app.start(["work"]);
    await app.ready("work");
    assert.equal((await home.json("status", "work")).status, "running");
  });
}

Deno.test("a crash without leftovers differs from a stop, and the instance starts again", {
  ignore,
}, async () => {
  await using app = await homeWithApp({ isolation: "profile" });
  const { home } = app;
  await app.create("work");
  await app.start(["work"]);
  const { pid } = await app.ready("work");
  Deno.kill(pid, "SIGKILL");
  const { exitCode } = await until("the crash is seen", async () => {
    const status = await home.json("status", "work");
    return status.status === "crashed" ? status : undefined;
  });
  assert.equal(exitCode, 137);
  assert.match(await home.ok("status", "work"), /crashed \(exit code 137\)/);
  await app.start(["work"]);
  Deno.kill((await app.ready("work")).pid, "SIGTERM");
  await until(
    "an end on request is no crash",
    async () => (await home.json("status", "work")).status === "stopped",
  );
});

Deno.test("a restart of the machine differs from a crash", async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  await home.write(
    ".cmgr/run/work.json",
    JSON.stringify({ pid: Deno.pid, started: "x:1", boot: "another", supervisor: Deno.ppid }),
  );
  assert.equal((await home.json("status", "work")).status, "interrupted");
  assert.match(await home.ok("stop", "work"), /computer had shut down/);
  assert.equal((await home.json("status", "work")).status, "stopped");
});

Deno.test("a recycled pid is neither mistaken for the app nor signalled", {
  ignore: onlyOn("linux"),
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  const boot = (await Deno.readTextFile("/proc/sys/kernel/random/boot_id")).trim();
  const stranger = new Deno.Command("sleep", { args: ["60"], stdin: "null" }).spawn();
  try {
    const { pid } = stranger;
    await home.write(
      ".cmgr/run/work.json",
      JSON.stringify({ pid, started: `${boot}:1`, boot, supervisor: pid, isolation: "profile" }),
    );
    assert.equal((await home.json("status", "work")).status, "crashed");
    assert.match(await home.ok("stop", "work"), /was not running/);
    assert.equal((await home.json("status", "work")).status, "stopped");
    assert.ok((await Deno.readTextFile(`/proc/${pid}/stat`)).includes(") S "), "it lives");
  } finally {
    stranger.kill("SIGKILL");
    await stranger.status;
  }
});

Deno.test("an app that ignores SIGTERM is killed after the timeout", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  await app.create("work");
  await app.start(["work"], "ignore-term");
  await app.ready("work");
  const before = performance.now();
  await app.home.ok("stop", "work", "--timeout", "1.5");
  assert.ok(performance.now() - before >= 1_500);
  assert.deepEqual(await app.processes("work"), []);
});

Deno.test("an app that exits at once is a failure with its exit code and the end of its log", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  await app.behave("exit=3");
  const ran = await home.process(["start", "work"]);
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /exited with code 3 right after its start.*cannot open its display/s);
  assert.equal((await home.json("status", "work")).status, "stopped");
  assert.deepEqual(await app.processes("work"), []);
});
