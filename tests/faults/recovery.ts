/**
 * What must follow a command that was cut off.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Home } from "../e2e/harness.ts";
import { runInProcess } from "./bounded.ts";
import { Kept } from "./faulty_home.ts";
import type { Scenario } from "./scenarios.ts";
import { checkSound, checkTidy, type Outcome } from "./soundness.ts";

/**
 * Checks that nothing is lost, and that the command can be repeated, at once as well as after
 * `doctor --fix`, which tidies up.
 *
 * @param args The command line of the scenario
 * @param expected What a user sees when it was not cut off
 * @param at When it was cut off, to end a sentence
 */
export async function checkRecovery(
  home: Home,
  scenario: Scenario,
  args: readonly string[],
  expected: Outcome,
  at: string,
): Promise<void> {
  const { stdin, ends = [0], doneAlready = [] } = scenario;
  const repeat = async (at: string) => {
    const { code, stderr } = await runInProcess(home, args, { stdin });
    assert.ok([...ends, ...doneAlready].includes(code), `${at}: exit ${code}: ${stderr}`);
    assert.deepEqual(await checkSound(home, scenario, at), expected, at);
  };
  if (!scenario.isBroken) await checkSound(home, scenario, `after ${at}`);
  await using cut = await Kept.of(home);
  await repeat(`repeated after ${at}`);

  await cut.putBack();
  const doctor = await runInProcess(home, ["doctor", "--fix"]);
  assert.ok([0, 1].includes(doctor.code), `doctor after ${at}: ${doctor.stderr}`);
  await checkSound(home, scenario, `fixed after ${at}`);
  await checkTidy(home, `fixed after ${at}`);
  await repeat(`fixed and repeated after ${at}`);
}
