/**
 * Sends something to an app that runs: a second process with the same data folder passes it on, and
 * ends.
 */
import { attempt, CmgrError } from "../errors.ts";
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
  const options = { env: { ...plan.env, ...env }, readNothing: true, timeoutMs } as const;
  const sent = await attempt(() => run(program, args, options));
  if ("value" in sent && sent.value.code === 0) return;
  throw new CmgrError(
    "failed",
    "value" in sent
      ? `The app of "${instance}" did not accept it (exit code ${sent.value.code})`
      : `"${instance}" could not be reached: ${sent.fault.message}`,
    `See its status: cmgr status ${instance}`,
    "value" in sent ? {} : { cause: sent.fault },
  );
}

async function commandFor(plan: Plan): Promise<Command> {
  if (Deno.build.os === "windows") return (await import("./windows_app.ts")).handOver(plan.argv);
  const [program, ...args] = runnable(plan).argv;
  return { program, args, env: {} };
}
