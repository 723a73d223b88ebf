import assert from "node:assert/strict";
import { readAll } from "./streams.ts";
import { isMissing } from "../programs.ts";
import { Home, succeeded } from "./harness.ts";
import { until } from "./stand_in.ts";

const config = (bytes: number) =>
  JSON.stringify({ mcpServers: {}, filler: "x".repeat(bytes) }, null, 2);

Deno.test("exit codes reach the caller", async () => {
  await using home = await Home.create();
  assert.equal((await home.process(["version"])).code, 0);
  assert.equal((await home.process(["no-such-command"])).code, 2);
  assert.equal((await home.process(["status", "nobody"])).code, 3);
  await home.ok("create", "work");
  assert.equal((await home.process(["create", "work"])).code, 4);
  await home.write(".cmgr/registry.json", "{");
  assert.equal((await home.process(["list"])).code, 6);
});

Deno.test("standard input is read to its end, however large and slow", async () => {
  await using home = await Home.create();
  const child = home.spawn(["create", "work", "--import", "-"]);
  const writer = child.stdin.getWriter();
  const bytes = new TextEncoder().encode(config(300_000));
  for (let at = 0; at < bytes.length; at += 50_000) {
    await writer.write(bytes.subarray(at, at + 50_000));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decode = (text: Uint8Array) => new TextDecoder().decode(text);
  succeeded({ code, stdout: decode(stdout), stderr: decode(stderr) });
  assert.equal((await home.readJson(home.config("work"))).filler.length, 300_000);
});

Deno.test("output larger than a pipe arrives whole at a slow reader", async () => {
  await using home = await Home.create();
  await manyInstances(home, 500);
  const child = home.spawn(["list", "--json"]);
  await child.stdin.close();
  const [text, errors] = await Promise.all([readAll(child.stdout, 5), readAll(child.stderr)]);
  assert.equal((await child.status).code, 0, errors);
  assert(text.length > 200_000, `only ${text.length} characters`);
  assert.equal(JSON.parse(text).instances.length, 500);
});

Deno.test("a reader that closes its end early is no failure", async () => {
  await using home = await Home.create();
  await manyInstances(home, 500);
  const child = home.spawn(["list", "--json"]);
  await child.stdin.close();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const errors = await readAll(child.stderr);
  const { code, signal } = await child.status;
  assert.deepEqual({ code, signal, errors }, { code: 0, signal: null, errors: "" });
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`${signal} ends the program while it waits for standard input`, async () => {
    await using home = await Home.create();
    const child = home.spawn(["create", "work", "--import", "-"]);
    const output = Promise.all([readAll(child.stdout), readAll(child.stderr)]);
    await isReading(child);
    child.kill(signal);
    const status = await child.status;
    assert.equal(status.signal, signal);
    assert.equal(status.success, false);
    await child.stdin.close().catch(() => {});
    assert.deepEqual(await output, ["", ""]);
    assert.deepEqual((await home.json("list")).instances, []);
  });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} ends logs -f at once`, async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    await home.write(".cmgr/logs/work.log", "first\n");
    const child = home.spawn(["logs", "work", "-f"]);
    await child.stdin.close();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    assert.equal(new TextDecoder().decode(value), "first\n");
    child.kill(signal);
    const [status, errors] = await Promise.all([child.status, readAll(child.stderr)]);
    assert.equal(status.signal, signal);
    assert.equal(errors, "");
    assert.equal((await reader.read()).done, true);
  });

  Deno.test(`${signal} in the middle of check ends the servers that it started`, {
    ignore: isMissing("ss", "iproute2"),
  }, async () => {
    await using home = await Home.create();
    await home.ok("create", "work", "--tools", "none");
    const started = "sandboxes/work/started";
    const script = 'echo >"$0"; while :; do sleep 1; done';
    const command = { command: "sh", args: ["-c", script, home.at(started)] };
    await home.write(home.config("work"), JSON.stringify({ mcpServers: { silent: command } }));
    const child = home.spawn(["check", "work", "--timeout", "60"]);
    await child.stdin.close();
    const output = Promise.all([readAll(child.stdout), readAll(child.stderr)]);
    await until("the server has started", () => isThere(home.at(started)));
    child.kill(signal);
    const { code, signal: endedBy } = await child.status;
    const [, errors] = await output;
    assert.deepEqual({ code, endedBy }, { code: 130, endedBy: null });
    assert.match(errors, /interrupted/);
    const { code: nobody } = await new Deno.Command("sh", {
      args: ["-c", 'ps -eo args | grep -F -- "$0" | grep -Fv grep', home.at(started)],
      stdout: "null",
    }).output();
    assert.equal(nobody, 1, "a server is left");
  });
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Waits until what was written to the program has left the pipe: it is running by then. */
async function isReading(child: Deno.ChildProcess): Promise<void> {
  const writer = child.stdin.getWriter();
  // More than a pipe holds, so that the last write ends only when the program reads.
  for (let i = 0; i < 8; i++) await writer.write(new Uint8Array(65_536));
  writer.releaseLock();
}

/** Registers instances without the work of creating each. */
async function manyInstances(home: Home, count: number): Promise<void> {
  const instances = Object.fromEntries(
    Array.from({ length: count }, (_, i) => `instance-${i}`).map((name) => [name, {
      name,
      sandbox_path: home.at("sandboxes", name),
      created_date: "2026-01-01T00:00:00.000Z",
      running: false,
    }]),
  );
  await home.write(".cmgr/registry.json", JSON.stringify({ instances }));
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} in the middle of clone --with-data leaves nothing behind`, async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    const data = "sandboxes/work/.config/Claude/Cache";
    for (let i = 0; i < 3_000; i++) await home.write(`${data}/${i}`, "x");
    const before = await home.snapshot();
    const child = home.spawn(["clone", "work", "copy", "--with-data"]);
    await child.stdin.close();
    const output = Promise.all([readAll(child.stdout), readAll(child.stderr)]);
    const building = home.at("sandboxes/.copy.creating/.config/Claude/Cache");
    await until("the copy has begun", () => isThere(building));
    child.kill(signal);
    const { code } = await child.status;
    const [said, errors] = await output;
    assert.equal(code, 130, said + errors);
    assert.match(errors, /error: Interrupted\nWhat had been started was undone/);
    assert.deepEqual(await home.snapshot(), before);
  });
}
