import assert from "node:assert/strict";
import { Home, succeeded } from "../e2e/harness.ts";
import { countPoints, isLong, Kept, runFaulty } from "./faulty_home.ts";
import { argsOf, scenarios } from "./scenarios.ts";
import { checkSound, outcome, prepare } from "./soundness.ts";

/** In the short form a few points of each command, another few at each place in the suite. */
const step = isLong ? 1 : 7;

for (const [i, scenario] of scenarios.entries()) {
  Deno.test(`${scenario.name}, killed at any point, loses nothing and completes when repeated`, async () => {
    await using home = await Home.create();
    await prepare(home, scenario);
    const args = await argsOf(scenario, home);
    await using kept = await Kept.of(home);

    const points = await countPoints(home, args, scenario.stdin);
    assert.ok(points > 10, "it changes files");
    const expected = await outcome(home);
    for (let point = 1 + i % step; point <= points; point += step) {
      await kept.putBack();
      const { code } = await runFaulty(home, `kill:${point}`, args, scenario.stdin);
      assert.equal(code, 137, `killed at point ${point}`);
      await checkSound(home, scenario, `after point ${point}`);

      const again = await home.run(args, { stdin: scenario.stdin });
      if (!scenario.doneAlready?.includes(again.code)) {
        succeeded(again, [`${scenario.name} at ${point}`]);
      }
      assert.deepEqual(await outcome(home), expected, `repeated after point ${point}`);
      await checkSound(home, scenario, `after point ${point}`);
    }
    console.log(`${scenario.name}: ${points} points, every ${step} tried`);
  });
}
