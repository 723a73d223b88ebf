/**
 * Running a command inside an instance.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError, messageOf } from "../errors.ts";
import type { Plan } from "../launch/plan.ts";
import { prepareCommands } from "../launch/prepare.ts";

/** Signals that are the command's business while it runs, and not cmgr's. */
const passed: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/**
 * Runs a command in the isolation and with the variables of an instance, on the terminal that
 * cmgr itself has. No shell sees its arguments.
 *
 * Needs the permissions of {@linkcode prepareCommands}, and run permission for `bwrap` or `sh`.
 *
 * @param context Where and how
 * @param name Name of the instance
 * @param command The program and its arguments
 * @returns Its exit code; 128 and the number of the signal that ended it
 * @throws {CmgrError} `not-found`, `damaged`, `failed`
 */
export async function executeIn(
  context: Context,
  name: string,
  command: readonly string[],
): Promise<number> {
  const plan = await prepareForTerminal(context, name, command);
  const [program, ...args] = plan.argv;
  let child: Deno.ChildProcess | undefined;
  // Before there is a command: a terminal sends Ctrl-C to both, and it is the command's business.
  // Whoever signals cmgr alone means the command.
  const handlers = passed.map((signal) => {
    const handler = () => {
      if (signal === "SIGINT") return;
      try {
        child?.kill(signal);
      } catch {
        // It has ended meanwhile.
      }
    };
    Deno.addSignalListener(signal, handler);
    return { signal, handler };
  });
  try {
    child = new Deno.Command(program, {
      args,
      clearEnv: true,
      env: { ...plan.env },
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
    return (await child.status).code;
  } catch (error) {
    throw new CmgrError(
      "failed",
      `${JSON.stringify(command[0])} could not be run: ${messageOf(error)}`,
      undefined,
      { cause: error },
    );
  } finally {
    for (const { signal, handler } of handlers) Deno.removeSignalListener(signal, handler);
  }
}

/**
 * Ctrl-C goes to bubblewrap too, which would end and take the command with it, whatever the command
 * makes of it. So it is ignored from bubblewrap on, and the command gets it back from `env`.
 */
async function prepareForTerminal(
  context: Context,
  name: string,
  command: readonly string[],
): Promise<Plan> {
  // To `env` a name with an equals sign is a variable.
  const canGiveBack = !command[0].includes("=") && await hasDefaultSignal();
  const inner = canGiveBack ? ["env", giveBack, "--", ...command] : command;
  const plan = (await prepareCommands(context, name))(inner);
  if (!canGiveBack || plan.isolation !== "bubblewrap") return plan;
  return { ...plan, argv: ["sh", "-c", 'trap "" INT QUIT; exec "$@"', "sh", ...plan.argv] };
}

const giveBack = "--default-signal=INT,QUIT";

/** GNU's `env` can, from version 8.31 of its coreutils on. */
async function hasDefaultSignal(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const { success } = await new Deno.Command("sh", {
    args: ["-c", 'env "$1" -- true', "sh", giveBack],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}
