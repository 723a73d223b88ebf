import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { Home, type Ran } from "../e2e/harness.ts";
import { arm, disarm } from "./failure_points.ts";
import { countPoints, isLong, Kept, runFaulty } from "./faulty_home.ts";
import { runInProcess } from "./bounded.ts";
import { argsOf, scenarios } from "./scenarios.ts";
import { checkSound, checkTidy, prepare } from "./soundness.ts";

const errors = ["ENOSPC", "EACCES", "EIO", "EROFS"];
const manners = { "from then on": "", "once": ":once" };

/** In the short form some points of each command, each with another error. */
const step = isLong ? 1 : 23;

for (const [i, scenario] of scenarios.entries()) {
  const { name, stdin, ends = [0], doneAlready = [] } = scenario;
  const check = async (home: Home, ran: Ran, at: string) => {
    assert.ok([...ends, 1, 6].includes(ran.code), `${at}: exit ${ran.code}: ${ran.stderr}`);
    if (!ends.includes(ran.code)) {
      assert.equal(ran.stdout, "");
      assert.match(ran.stderr, /^error: .*\n\S/m, `${at} is explained, with a hint`);
    }
    assert.doesNotMatch(ran.stderr, /\n\s+at |bug in cmgr/, at);
    return scenario.isBroken ? undefined : await checkSound(home, scenario, `after ${at}`);
  };
  Deno.test(`${name}, when the disk fails at any point, says so and loses nothing`, async () => {
    await using home = await Home.create();
    await prepare(home, scenario);
    const args = await argsOf(scenario, home);
    await using kept = await Kept.of(home);

    const before = scenario.isBroken ? undefined : await checkSound(home, scenario, "before");
    const { chances } = await countPoints(home, args, stdin, ends);
    const expected = await checkSound(home, scenario, "at the end");
    const repeat = async (at: string) => {
      const { code, stderr } = await runInProcess(home, args, { stdin });
      assert.ok([...ends, ...doneAlready].includes(code), `${at}: exit ${code}: ${stderr}`);
      assert.deepEqual(await checkSound(home, scenario, at), expected, at);
    };
    let tried = 0;
    for (const [manner, suffix] of Object.entries(manners)) {
      for (let chance = 1 + i % step; chance <= chances; chance += step) {
        for (const error of isLong ? errors : [errors[(chance + tried) % errors.length]]) {
          const at = `${error} at chance ${chance}, ${manner}`;
          await kept.putBack();
          arm(`${error}:${chance}${suffix}`);
          const ran = await runInProcess(home, args, { stdin }).finally(disarm);
          const now = await check(home, ran, at);
          if (suffix !== "") {
            const isWhole = [before, expected].some((state) => isDeepStrictEqual(now, state));
            assert.ok(isWhole, `all of it is done or nothing ${at}: ${JSON.stringify(now)}`);
          }
          await repeat(`repeated after ${at}`);
          if (suffix === "" && !scenario.isBroken) {
            await runInProcess(home, ["doctor", "--fix"]);
            await checkTidy(home, `mended after ${at}`);
          }
          tried++;
        }
      }
    }
    console.log(`${name}: ${tried} failures, at every ${step} of ${chances} chances`);

    // The same by the real program, in the middle of the way.
    const error = errors[i % errors.length];
    const at = `${error} in the real program`;
    await kept.putBack();
    const fault = `${error}:${Math.ceil(chances / 2)}`;
    await check(home, await runFaulty(home, fault, args, stdin), at);
    await repeat(`repeated after ${at}`);
  });
}
