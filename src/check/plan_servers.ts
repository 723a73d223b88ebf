/** How the servers of an instance are started for a check: as the app would. */
import type { Context } from "../context.ts";
import type { Entry } from "../config/config_text.ts";
import { attempt } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { membersOf } from "../json/node.ts";
import type { CommandOptions, Plan } from "../launch/plan.ts";
import { type CommandPlanner, prepareCommands } from "../launch/prepare.ts";
import { ensureLoginProfiles } from "../sandbox/folder.ts";
import { isLoaderVariable, run } from "../system/run.ts";

/** Plans the start of a server, or of other words in its place, with the server's variables. */
export type ServerPlanner = (
  entry: Entry,
  words?: readonly string[],
  options?: CommandOptions,
) => Plan;

export async function prepareServers(context: Context, instance: Instance): Promise<ServerPlanner> {
  await ensureLoginProfiles(instance.sandbox);
  const planFor = await prepareCommands(context, instance);
  const path = await loginPath(context, planFor);
  return (entry, words = commandFor(entry), options) => {
    const plan = planFor(words, options);
    const appEnv = { ...plan.env, ...(path !== undefined && { PATH: path }) };
    return { ...plan, env: variablesFor(appEnv, entry) };
  };
}

/** Startup files may print something themselves. */
const marker = "<<cmgr>>";

/** How long a login shell may take, in milliseconds. */
const shellMs = 10_000;

/** The PATH of the instance's login shell, which the app asks too; `undefined` if none answers. */
async function loginPath(
  context: Context,
  planFor: CommandPlanner,
): Promise<string | undefined> {
  const shell = context.env("SHELL") ?? "/bin/sh";
  const command = [shell, "-l", "-i", "-c", `printf '\\n${marker}%s${marker}\\n' "$PATH"`];
  const { argv: [program, ...args], env } = planFor(command);
  const ran = await attempt(() => run(program, args, { env, timeoutMs: shellMs, detached: true }));
  if ("value" in ran) return ran.value.stdout.split(marker)[1] || undefined;
  context.notice(`The PATH of the login shell cannot be read: ${ran.fault.message}`);
}

/** What the app gives its servers of its own variables: the SDK's list. */
const inherited = ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"];

export function variablesFor(appEnv: Plan["env"], entry: Entry): Record<string, string> {
  return Object.fromEntries([
    ...Object.entries(appEnv).filter(([name]) => inherited.includes(name)),
    ...envOf(entry).filter(([name]) => !isLoaderVariable(name)),
  ]);
}

/**
 * The command line of a server. No child can be given variables of the dynamic linker, and
 * bubblewrap is not what they are meant for: so the server gets them from `env`.
 */
export function commandFor(entry: Entry, folder = entry.cwd): string[] {
  const forLoader = envOf(entry).filter(([name]) => isLoaderVariable(name));
  return [
    ...(folder === undefined ? [] : ["sh", "-c", 'cd "$0" && exec "$@"', folder]),
    ...(forLoader.length === 0 ? [] : ["env", ...forLoader.map((one) => one.join("="))]),
    entry.script ?? entry.command,
    ...entry.args,
  ];
}

/** The names and values of the variables that an entry sets. */
export function envOf({ env }: Entry): [string, string][] {
  return (env ? membersOf(env) : []).map(({ key, value }) => [key, value.value]);
}
