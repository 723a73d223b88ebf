import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { until } from "../e2e/stand_in.ts";
import { Said } from "../e2e/streams.ts";
import { countPoints, isLong, withFault } from "./faulty_home.ts";

/** A cmgr that runs on its own, until it ends or the test does. */
class Running implements AsyncDisposable {
  readonly stderr: Said;
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Said;
  #code: number | undefined;

  constructor(home: Home, args: readonly string[], fault?: string) {
    this.#child = home.spawn(args, fault ? withFault(home, fault) : {});
    this.#stdout = new Said(this.#child.stdout);
    this.stderr = new Said(this.#child.stderr);
    this.#child.status.then(({ code }) => this.#code = code);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#code !== undefined;
  }

  kill(signal: Deno.Signal): void {
    if (!this.hasEnded) this.#child.kill(signal);
  }

  async ended(): Promise<number> {
    const { code } = await this.#child.status;
    await Promise.all([this.stderr.ended, this.#stdout.ended]);
    return code;
  }

  async isStopped(): Promise<void> {
    await until("it is stopped", async () => {
      const ps = new Deno.Command("ps", { args: ["-o", "state=", "-p", String(this.pid)] });
      return new TextDecoder().decode((await ps.output()).stdout).trim().startsWith("T");
    });
  }

  /** Waits until it waits for the lock, or has come to its end without. */
  async waitsOrEnded(): Promise<void> {
    await until(
      "it waits for the lock",
      () => Promise.resolve(this.hasEnded || this.stderr.text.includes("Waiting for another cmgr")),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.ended();
    await this.#child.stdin.close().catch(() => {});
  }
}

/** Points that `create slow` passes in a home like this one, beside another instance. */
async function pointsOfCreate(): Promise<number> {
  await using home = await Home.create();
  await home.ok("create", "work");
  return (await countPoints(home, ["create", "slow"])).points;
}

Deno.test("those who wait see the name of a suspended create, which completes when it continues", async () => {
  const middle = Math.floor(await pointsOfCreate() / 2);
  await using home = await Home.create();
  await home.ok("create", "work");
  await using holder = new Running(home, ["create", "slow"], `stop:${middle}`);
  await holder.isStopped();
  const before = await home.snapshot();
  const [waiting, asJson, reading] = await Promise.all([
    home.process(["create", "new"]),
    home.process(["create", "new", "--json"]),
    home.process(["list", "--json"]),
  ]);
  assert.equal(waiting.code, 4);
  assert.match(waiting.stderr, new RegExp(`process ${holder.pid} \\(cmgr create slow\\)`));
  assert.match(waiting.stderr, /Waiting for another cmgr/);
  assert.equal(JSON.parse(asJson.stderr).error.code, "locked", "one object and no word beside");
  assert.equal(JSON.parse(reading.stdout).instances.length, 1, "looking needs no lock");
  assert.deepEqual(await home.snapshot(), before, "nothing is stolen");
  holder.kill("SIGCONT");
  assert.equal(await holder.ended(), 0, holder.stderr.text);
  await home.ok("create", "new");
  const { instances } = await home.json("list");
  assert.deepEqual(instances.map((one: { instance: string }) => one.instance), [
    "new",
    "slow",
    "work",
  ]);
});

Deno.test("when a suspended holder of the lock is killed, the next has it at once", async () => {
  const middle = Math.floor(await pointsOfCreate() / 2);
  await using home = await Home.create();
  await home.ok("create", "work");
  await using holder = new Running(home, ["create", "slow"], `stop:${middle}`);
  await holder.isStopped();
  await using waiting = new Running(home, ["create", "new"]);
  await waiting.waitsOrEnded();
  assert.ok(!waiting.hasEnded, "it waits");
  holder.kill("SIGKILL");
  assert.equal(await waiting.ended(), 0, `before the time is out: ${waiting.stderr.text}`);
  await home.ok("create", "slow");
  assert.equal((await home.json("list")).instances.length, 3);
});

Deno.test("what a holder of the lock has noted cannot drive the terminal of those who wait", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  using lock = await Deno.open(home.at(".cmgr/lock"), { read: true, write: true });
  await lock.lock(true);
  const note = JSON.stringify({ pid: 2, purpose: "create \x1b[2Jwork" });
  await lock.write(new TextEncoder().encode(note));
  await using waiting = new Running(home, ["create", "new"]);
  await waiting.waitsOrEnded();
  await lock.unlock();
  assert.equal(await waiting.ended(), 0, waiting.stderr.text);
  assert.match(waiting.stderr.text, /create \\x1b\[2Jwork/);
});

Deno.test("doctor --fix does not mistake a create in progress for a leftover", async () => {
  const points = await pointsOfCreate();
  const last = isLong ? 60 : 45;
  for (let point = points - last; point < points; point += isLong ? 1 : 15) {
    await using home = await Home.create();
    await home.ok("create", "work");
    await using making = new Running(home, ["create", "slow"], `stop:${point}`);
    await making.isStopped();
    await using doctor = new Running(home, ["doctor", "--fix"]);
    await doctor.waitsOrEnded();
    making.kill("SIGCONT");
    const at = `stopped at point ${point}`;
    assert.equal(await making.ended(), 0, `${at}: ${making.stderr.text}`);
    assert.ok([0, 1].includes(await doctor.ended()), `${at}: ${doctor.stderr.text}`);
    const { range } = await home.json("status", "slow");
    assert.ok(range, `${at}: it has its range`);
    const { mcpServers } = await home.readJson(home.config("slow"));
    assert.equal(mcpServers.filesystem.env.MCP_PORT, String(range.base + 10), at);
  }
});
