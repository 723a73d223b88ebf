/** How the servers of an instance are started for a check: as the app would. */
import type { Context } from "../context.ts";
import type { Entry } from "../config/config_text.ts";
import type { Instance } from "../instance.ts";
import { prepareCommand } from "../launch/prepare.ts";
import type { ChosenIsolation } from "../sandbox/isolation.ts";
import { isLoaderVariable } from "../system/run.ts";
import { ownVariables, variablesFor } from "./server_environment.ts";
import type { ServerCommand } from "./server_process.ts";

/** @returns The commands in the order of the entries */
export async function planServers(
  context: Context,
  instance: Instance,
  entries: readonly Entry[],
): Promise<{ isolation: ChosenIsolation | null; commands: ServerCommand[] }> {
  let isolation: ChosenIsolation | null = null;
  const commands: ServerCommand[] = [];
  for (const entry of entries) {
    const plan = await prepareCommand(context, instance, wordsOf(entry));
    isolation = plan.isolation;
    const env = variablesFor((name) => plan.env[name] ?? context.env(name), entry);
    commands.push({ argv: plan.argv, env });
  }
  return { isolation, commands };
}

function wordsOf(entry: Entry): string[] {
  const { command, args, cwd } = entry;
  // What steers the dynamic linker cannot be given to a child, but by another program.
  const linker = Object.entries(ownVariables(entry)).filter(([name]) => isLoaderVariable(name));
  return [
    ...(cwd === undefined ? [] : ["sh", "-c", 'cd "$0" && exec "$@"', cwd]),
    ...(linker.length > 0 ? ["env", ...linker.map((pair) => pair.join("="))] : []),
    command,
    ...args,
  ];
}
