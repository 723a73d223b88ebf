import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { countPoints, isLong, Kept, runFaulty } from "./faulty_home.ts";
import { runInProcess } from "./bounded.ts";
import { argsOf, scenarios } from "./scenarios.ts";
import { checkSound, checkTidy, prepare } from "./soundness.ts";

/** In the short form a few points of each command, another few at each place in the suite. */
const step = isLong ? 1 : 53;

for (const [i, scenario] of scenarios.entries()) {
  const { name, stdin, ends = [0], doneAlready = [] } = scenario;
  Deno.test(`${name}, killed at any point, loses nothing and completes when repeated`, async () => {
    await using home = await Home.create();
    await prepare(home, scenario);
    const args = await argsOf(scenario, home);
    await using kept = await Kept.of(home);

    const { points } = await countPoints(home, args, stdin, ends);
    assert.ok(points > 10, "it changes files");
    const expected = await checkSound(home, scenario, "at the end");
    const repeat = async (at: string) => {
      const { code, stderr } = await runInProcess(home, args, { stdin });
      assert.ok([...ends, ...doneAlready].includes(code), `${at}: exit ${code}: ${stderr}`);
      assert.deepEqual(await checkSound(home, scenario, at), expected, at);
    };
    let tried = 0;
    for (let point = 1 + i % step; point <= points; point += step) {
      await kept.putBack();
      const { code } = await runFaulty(home, `kill:${point}`, args, stdin);
      assert.equal(code, 137, `killed at point ${point}`);
      if (!scenario.isBroken) await checkSound(home, scenario, `after point ${point}`);
      await using cut = await Kept.of(home);
      await repeat(`repeated after point ${point}`);

      await cut.putBack();
      const doctor = await runInProcess(home, ["doctor", "--fix"]);
      assert.ok([0, 1].includes(doctor.code), `doctor after point ${point}: ${doctor.stderr}`);
      await checkSound(home, scenario, `mended after point ${point}`);
      await checkTidy(home, `mended after point ${point}`);
      await repeat(`mended and repeated after point ${point}`);
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
