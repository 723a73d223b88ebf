/** How the servers of an instance are started for a check: as the app would. */
import type { Context } from "../context.ts";
import type { Entry } from "../config/config_text.ts";
import type { Instance } from "../instance.ts";
import type { CommandOptions, Plan } from "../launch/plan.ts";
import { type CommandPlanner, prepareCommands } from "../launch/prepare.ts";
import type { ChosenIsolation } from "../sandbox/isolation.ts";
import { CmgrError } from "../errors.ts";
import { ensureLoginProfiles } from "../sandbox/folder.ts";
import { run } from "../system/run.ts";
import { commandFor, variablesFor } from "./server_environment.ts";
import type { ServerCommand } from "./server_process.ts";

/**
 * Plans the start of a server: its own command line, or another one in its place, with the server's
 * variables.
 */
export type ServerPlanner = (
  entry: Entry,
  words?: readonly string[],
  options?: CommandOptions,
) => { readonly isolation: ChosenIsolation; readonly command: ServerCommand };

/** Prepares for starts of the servers of an instance. */
export async function prepareServers(
  context: Context,
  instance: Instance,
): Promise<ServerPlanner> {
  await ensureLoginProfiles(instance.sandbox);
  const planFor = await prepareCommands(context, instance);
  const path = await loginPath(context, planFor);
  return (entry, words = wordsOf(entry), options) => {
    const plan = planFor(words, options);
    const own: Plan["env"] = { ...plan.env, ...(path !== undefined && { PATH: path }) };
    const env = variablesFor((name) => own[name], entry);
    return { isolation: plan.isolation, command: { argv: plan.argv, env } };
  };
}

/** @returns The commands in the order of the entries */
export async function planServers(
  context: Context,
  instance: Instance,
  entries: readonly Entry[],
): Promise<{ isolation: ChosenIsolation | null; commands: ServerCommand[] }> {
  if (entries.length === 0) return { isolation: null, commands: [] };
  const planFor = await prepareServers(context, instance);
  const plans = entries.map((entry) => planFor(entry));
  return { isolation: plans[0].isolation, commands: plans.map(({ command }) => command) };
}

/**
 * The PATH that a login shell of the instance gives, as the app asks it.
 *
 * @returns `undefined` where none answers
 */
async function loginPath(
  context: Context,
  planFor: CommandPlanner,
): Promise<string | undefined> {
  const shell = context.env("SHELL") ?? "/bin/sh";
  const command = [shell, "-l", "-i", "-c", `printf '\\n${around}%s${around}\\n' "$PATH"`];
  try {
    const { argv: [program, ...args], env } = planFor(command);
    const { stdout } = await run(program, args, { env, timeoutMs: shellMs, detached: true });
    return stdout.split(around)[1] || undefined;
  } catch (error) {
    if (!(error instanceof CmgrError)) throw error;
    context.notice(`The PATH of the login shell cannot be read: ${error.message}`);
    return undefined;
  }
}

/** Startup files may print something themselves. */
const around = "<<cmgr>>";

/** How long a login shell may take, in milliseconds. */
const shellMs = 10_000;

/** Its command line, in the folder that it names. */
export function wordsOf(entry: Entry): string[] {
  const command = commandFor(entry);
  return entry.cwd === undefined
    ? command
    : ["sh", "-c", 'cd "$0" && exec "$@"', entry.cwd, ...command];
}
