import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { countPoints, isLong, Kept, runFaulty } from "./faulty_home.ts";
import { checkRecovery } from "./recovery.ts";
import { argsOf, scenarios } from "./scenarios.ts";
import { checkSound, prepare } from "./soundness.ts";

/** In the short form a few points of each command, another few at each place in the suite. */
const step = isLong ? 1 : 53;

for (const [i, scenario] of scenarios.entries()) {
  const { name, stdin, ends = [0] } = scenario;
  Deno.test(`${name}, killed at any point, loses nothing and completes when repeated`, async () => {
    await using home = await Home.create();
    await prepare(home, scenario);
    const args = await argsOf(scenario, home);
    await using kept = await Kept.of(home);

    const { points } = await countPoints(home, args, stdin, ends);
    assert.ok(points > 10, "it changes files");
    const expected = await checkSound(home, scenario, "at the end");
    let tried = 0;
    for (let point = 1 + i % step; point <= points; point += step) {
      await kept.putBack();
      const { code } = await runFaulty(home, `kill:${point}`, args, stdin);
      assert.equal(code, 137, `killed at point ${point}`);
      await checkRecovery(home, scenario, args, expected, `point ${point}`);
      tried++;
    }
    if (isLong) {
      await kept.putBack();
      const { code } = await runFaulty(home, `kill:${points + 1}`, args, stdin);
      assert.ok(ends.includes(code), "the program itself passes no point more");
    }
    console.log(`${name}: killed at ${tried} of ${points} points`);
  });
}
