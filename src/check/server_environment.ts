import type { Entry } from "../config/config_text.ts";
import { membersOf } from "../json/node.ts";

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
  return { ...variables, ...ownVariables(entry) };
}

/** The variables that stand in the entry. */
export function ownVariables(entry: Entry): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { key, value } of entry.env ? membersOf(entry.env) : []) {
    if (typeof value.value === "string") variables[key] = value.value;
  }
  return variables;
}
