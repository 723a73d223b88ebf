import assert from "node:assert/strict";
import { Home, succeeded } from "../e2e/harness.ts";
import { countPoints, isLong, Kept, runFaulty } from "./faulty_home.ts";
import { argsOf, scenarios } from "./scenarios.ts";
import { checkSound, outcome, prepare } from "./soundness.ts";

const errors = ["ENOSPC", "EACCES", "EIO", "EROFS"];

/** In the short form a few points of each command, each with another error. */
const step = isLong ? 1 : 11;

for (const [i, scenario] of scenarios.entries()) {
  Deno.test(`${scenario.name}, when the disk fails at any point, says so and loses nothing`, async () => {
    await using home = await Home.create();
    await prepare(home, scenario);
    const args = await argsOf(scenario, home);
    await using kept = await Kept.of(home);

    const points = await countPoints(home, args, scenario.stdin);
    const expected = await outcome(home);
    for (let point = 1 + i % step; point <= points; point += step) {
      for (const error of isLong ? errors : [errors[point % errors.length]]) {
        await kept.putBack();
        const at = `${error} at point ${point}`;
        const ran = await runFaulty(home, `${error}:${point}`, args, scenario.stdin);
        assert.ok([0, 1, 6].includes(ran.code), `${at}: exit ${ran.code}: ${ran.stderr}`);
        if (ran.code !== 0) {
          assert.equal(ran.stdout, "");
          assert.match(ran.stderr, /^error: .*\n\S/m, `${at} is explained, with a hint`);
          assert.doesNotMatch(ran.stderr, /\n\s+at |fault of cmgr/, at);
        }
        await checkSound(home, scenario, `after ${at}`);
        const again = await home.run(args, { stdin: scenario.stdin });
        if (!scenario.doneAlready?.includes(again.code)) succeeded(again, [at]);
        assert.deepEqual(await outcome(home), expected, `repeated after ${at}`);
      }
    }
  });
}
