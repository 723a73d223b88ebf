/**
 * What a person should know about an instance before it fails: gathered once from the disk, then
 * judged by independent pure functions.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { hazardWarnings, type Watched } from "../ports/hazards.ts";
import type { Launch } from "../ports/recognise.ts";
import type { Rule } from "../ports/rule.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { readConfig } from "../sandbox/config_file.ts";
import { type Entry, membersOf } from "../sandbox/config_text.ts";

/** What warnings are made from. */
export interface WarningFacts {
  /** Name of the instance. */
  readonly instance: string;
  /** The entries of its config. */
  readonly entries: readonly Entry[];
  /** The entries of every other instance, by name. */
  readonly others: ReadonlyMap<string, readonly Launch[]>;
  /** The rules in force. */
  readonly rules: readonly Rule[];
}

/** Each makes warnings of its own kind, out of the facts alone. */
const judges: readonly ((facts: WarningFacts) => string[])[] = [
  ({ entries, ...facts }) => hazardWarnings({ ...facts, entries: entries.map(watched) }),
];

function watched(entry: Entry): Watched {
  return { ...entry, variables: entry.env ? membersOf(entry.env).map(({ key }) => key) : [] };
}

/**
 * The warnings for one instance.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param context Where things are
 * @param name Name of the instance
 * @returns Sentences without a final period, each once
 * @throws {CmgrError} `damaged`, for the registry; faults of config and rules are warnings
 */
export async function warningsOf(context: Context, name: string): Promise<string[]> {
  let rules: readonly Rule[];
  let entries: readonly Entry[];
  try {
    rules = await context.rules();
    entries = (await readConfig(context.paths, name))?.entries ?? [];
  } catch (error) {
    if (!(error instanceof CmgrError)) throw error;
    return [error.message];
  }
  const names = namesOf(await readInstances(context.paths)).filter((other) => other !== name);
  const others = new Map<string, readonly Launch[]>();
  for (const other of names) others.set(other, await entriesOf(context, other));
  const facts = { instance: name, entries, others, rules };
  return [...new Set(judges.flatMap((judge) => judge(facts)))];
}

/** What is wrong with another instance is said when that one is looked at. */
async function entriesOf(context: Context, name: string): Promise<readonly Launch[]> {
  try {
    return (await readConfig(context.paths, name))?.entries ?? [];
  } catch (error) {
    if (error instanceof CmgrError) return [];
    throw error;
  }
}
