/**
 * Handing something to an app that runs: it is started once more with the same data folder, tells
 * the one that runs, and ends.
 */
import { CmgrError, messageOf } from "../errors.ts";
import { type Command, run } from "../system/run.ts";
import type { Plan } from "./plan.ts";

/** How long the second process may take, in milliseconds. */
const limitMs = 30_000;

/**
 * Runs a plan to its end. Its output is dropped: a link must not get into a log.
 *
 * @throws {CmgrError} `failed`, when the app does not take it
 */
export async function deliver(instance: string, plan: Plan): Promise<void> {
  const { program, args, env } = await commandFor(plan);
  let code: number;
  try {
    ({ code } = await run(program, args, {
      env: { ...plan.env, ...env },
      readNothing: true,
      timeoutMs: limitMs,
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
  const [file, ...args] = plan.argv;
  const isAllowed = plan.isolation === "bubblewrap" || file === "open";
  return isAllowed
    ? { program: file, args, env: {} }
    : { program: "sh", args: ["-c", 'exec "$@"', "sh", ...plan.argv], env: {} };
}
