import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { Home } from "../e2e/harness.ts";
import { type AppHome, homeWithApp, noNode } from "../e2e/stand_in.ts";
import { runInProcess } from "./bounded.ts";
import { isLong, Kept } from "./faulty_home.ts";
import { RandomKills } from "./random_kills.ts";
import { checkRecovery } from "./recovery.ts";
import { argsOf, scenarios } from "./scenarios.ts";
import { checkSound, prepare } from "./soundness.ts";

/** For each command: half of them at any time, half while it has the lock. */
const kills = isLong ? 16 : 2;

/** Of each command that starts or ends an app. */
const appKills = isLong ? 12 : 1;

for (const scenario of scenarios) {
  const { name, stdin, ends = [0] } = scenario;
  Deno.test(`${name}, killed at random times, loses nothing and completes when repeated`, async () => {
    await using home = await Home.create();
    await prepare(home, scenario);
    const args = await argsOf(scenario, home);
    await using kept = await Kept.of(home);
    const { code, stderr } = await runInProcess(home, args, { stdin });
    assert.ok(ends.includes(code), stderr);
    const expected = await checkSound(home, scenario, "at the end");

    const random = new RandomKills(home, args, stdin);
    await kept.putBack();
    const before = await home.snapshot();
    let [killed, changed] = [0, 0];
    for (let i = 0; killed < kills; i++) {
      assert.ok(i < 50 * kills, "it is killed before its end");
      await kept.putBack();
      // Who looks too late misses the lock: then the time counts from the start.
      const since = killed % 2 === 0 || i % 5 === 4 ? "its start" : "it has the lock";
      if (!await random.run(since)) continue;
      killed++;
      if (!isDeepStrictEqual(await home.snapshot(), before)) changed++;
      await checkRecovery(home, scenario, args, expected, `kill ${killed}`);
    }
    console.log(`${name}: killed ${killed} times, in the middle of its changes ${changed} times`);
  });
}

for (const [command, isRunning] of [["start", false], ["stop", true], ["restart", true]] as const) {
  Deno.test(`${command}, killed at random times, leaves what can be stopped and started`, {
    ignore: noNode,
  }, async () => {
    await using app = await homeWithApp();
    const { home } = app;
    await app.create("work", { memory: app.server(), mine: { command: "true", args: ["a  b"] } });
    await home.write("sandboxes/work/Documents/thesis.txt", "mine");
    await app.behave();
    const random = new RandomKills(home, [command, "work"]);
    const statuses = new Map<string, number>();
    for (let [i, killed] = [0, 0]; killed < appKills; i++) {
      assert.ok(i < 20 * appKills, "it is killed before its end");
      if (isRunning) await start(app);
      if (await random.run(i % 2 === 0 ? "its start" : "it has the lock")) {
        killed++;
        const { instances: [{ status }] } = await home.json("list");
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (i % 4 >= 2) {
          const doctor = await home.run(["doctor", "--fix"]);
          assert.ok([0, 1].includes(doctor.code), doctor.stderr);
        }
        await checkApp(app, command, `kill ${killed}, after which it was ${status}`);
      }
      await home.program.ok("stop", "work");
    }
    console.log(`${command}: killed ${appKills} times; then`, Object.fromEntries(statuses));
  });
}

/** Checks that the command can be repeated, and that the instance then starts and stops. */
async function checkApp(app: AppHome, command: string, at: string): Promise<void> {
  const { home } = app;
  const repeated = await home.process([command, "work"]);
  // An app that nobody saw start runs: that is said, with the way out.
  if (repeated.code !== 0) {
    assert.equal(repeated.code, 4, `${at}: ${repeated.stderr}`);
    assert.match(repeated.stderr, /cmgr stop work/, at);
  }
  await home.program.ok("stop", "work");
  assert.deepEqual(await app.processes("work"), [], at);
  await start(app);
  await home.program.ok("stop", "work");
  assert.deepEqual(await app.processes("work"), [], at);
  assert.equal(await home.read("sandboxes/work/Documents/thesis.txt"), "mine", at);
  const { mcpServers } = await home.readJson(home.config("work"));
  assert.deepEqual(mcpServers.mine.args, ["a  b"], at);
  assert.deepEqual(Object.keys(mcpServers), ["memory", "mine"], at);
}

async function start(app: AppHome): Promise<void> {
  // What an earlier run reported says nothing of this one.
  await Deno.remove(app.home.at(app.inData("work", "stand-in.json"))).catch(() => {});
  await app.home.program.ok("start", "work");
  await app.ready("work");
}
