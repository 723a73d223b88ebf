/**
 * Sends something to an app that runs: a second process with the same data folder passes it on, and
 * ends.
 */
import { CmgrError, messageOf } from "../errors.ts";
import { type Command, run } from "../system/run.ts";
import type { Plan } from "./plan.ts";
import { runnable } from "./prepare.ts";

/** For the second process, in milliseconds. */
const timeoutMs = 30_000;

/**
 * Drops the output, since a link must not get into a log.
 *
 * @throws {CmgrError} `failed`, when the app does not accept it
 */
export async function deliver(instance: string, plan: Plan): Promise<void> {
  const { program, args, env } = await commandFor(plan);
  let code: number;
  try {
    ({ code } = await run(program, args, {
      env: { ...plan.env, ...env },
      readNothing: true,
      timeoutMs,
    }));
  } catch (error) {
    throw new CmgrError(
      "failed",
      `"${instance}" could not be reached: ${messageOf(error)}`,
      `See its status: cmgr status ${instance}`,
      { cause: error },
    );
  }
  if (code === 0) return;
  throw new CmgrError(
    "failed",
    `The app of "${instance}" did not accept it (exit code ${code})`,
    `See its status: cmgr status ${instance}`,
  );
}

async function commandFor(plan: Plan): Promise<Command> {
  if (Deno.build.os === "windows") return (await import("./windows_app.ts")).handOver(plan.argv);
  const [program, ...args] = runnable(plan).argv;
  return { program, args, env: {} };
}
