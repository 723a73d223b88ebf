import type { Entry } from "../config/config_text.ts";
import { membersOf } from "../json/node.ts";
import { isLoaderVariable } from "../system/run.ts";

/** What the app gives its servers of its own variables: the SDK's list. */
const inherited = ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"];

/**
 * The variables of a server, as the app gives them: a few of its own, and those of the entry.
 *
 * @param own Reads a variable of the app: as planned, else inherited
 */
export function variablesFor(
  own: (name: string) => string | undefined,
  entry: Entry,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const name of inherited) {
    const value = own(name);
    if (value !== undefined) variables[name] = value;
  }
  return { ...variables, ...ownVariables(entry, (name) => !isLoaderVariable(name)) };
}

/**
 * The command of a server. No child can be given variables of the dynamic linker, and bubblewrap is
 * not what they are meant for: so the server gets them from `env`.
 */
export function commandFor(entry: Entry): string[] {
  const command = [entry.script ?? entry.command, ...entry.args];
  const variables = Object.entries(ownVariables(entry, isLoaderVariable));
  if (variables.length === 0) return command;
  return ["env", ...variables.map(([name, value]) => `${name}=${value}`), ...command];
}

function ownVariables(entry: Entry, isWanted: (name: string) => boolean): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { key, value } of entry.env ? membersOf(entry.env) : []) {
    if (typeof value.value === "string" && isWanted(key)) variables[key] = value.value;
  }
  return variables;
}
