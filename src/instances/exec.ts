import type { Context } from "../context.ts";
import { CmgrError, messageOf } from "../errors.ts";
import type { Instance } from "../instance.ts";
import type { Plan } from "../launch/plan.ts";
import { prepareCommands } from "../launch/prepare.ts";
import { run, start } from "../system/run.ts";
import { endingSignals, onSignals } from "../system/signal_listeners.ts";

/** Signals that go to the command while it runs, and not to cmgr. */
const forwarded: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? endingSignals
  : [...endingSignals, "SIGQUIT"];

/**
 * Runs a command in the isolation and with the variables of an instance, on the terminal that
 * cmgr itself has. No shell sees its arguments.
 *
 * @returns Its exit code; 128 and the number of the signal that ended it
 * @throws {CmgrError} `damaged`, `failed`
 */
export async function executeIn(
  context: Context,
  instance: Instance,
  command: readonly string[],
): Promise<number> {
  const { argv: [program, ...args], env } = await prepareForTerminal(context, instance, command);
  let child: Deno.ChildProcess | undefined;
  // A terminal sends Ctrl-C to both, so only the command handles it; other signals are passed on.
  // Registered before the command starts: Ctrl-C may come at once.
  using _listeners = onSignals(forwarded, (signal) => {
    if (signal === "SIGINT") return;
    try {
      child?.kill(signal);
    } catch {
      // It has ended meanwhile.
    }
  });
  try {
    child = start(program, args, { env, stdin: "inherit", stdout: "inherit", stderr: "inherit" });
    return (await child.status).code;
  } catch (error) {
    const message = `${JSON.stringify(command[0])} could not be run: ${messageOf(error)}`;
    throw new CmgrError("failed", message, undefined, { cause: error });
  }
}

/**
 * Ctrl-C goes to bubblewrap too, which would end and take the command with it, even if the command
 * handles the signal. So it is ignored from bubblewrap on, and `env` restores it for the command.
 */
async function prepareForTerminal(
  context: Context,
  instance: Instance,
  command: readonly string[],
): Promise<Plan> {
  // To `env` a name with an equals sign is a variable.
  const canRestore = !command[0].includes("=") && await envRestoresSignals();
  const inner = canRestore ? ["env", restoreSignals, "--", ...command] : command;
  const plan = (await prepareCommands(context, instance))(inner);
  if (!canRestore || plan.isolation !== "bubblewrap") return plan;
  return { ...plan, argv: ["sh", "-c", 'trap "" INT QUIT; exec "$@"', "sh", ...plan.argv] };
}

const restoreSignals = "--default-signal=INT,QUIT";

/** Whether `env` is that of GNU coreutils 8.31 or newer. */
async function envRestoresSignals(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const { code } = await run("sh", ["-c", 'env "$1" -- true', "sh", restoreSignals]);
  return code === 0;
}
