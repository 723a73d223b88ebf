/**
 * What a person should know about an instance before it fails: gathered once from the disk, then
 * judged by independent pure functions.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { isPresent } from "../system/write.ts";
import { hazardWarnings, mindsSecondCopy, type Watched } from "../catalogue/hazards.ts";
import type { Launch } from "../catalogue/recognise.ts";
import type { Rule } from "../catalogue/rule.ts";
import { type InstanceRegistry, namesOf } from "../registry/instances.ts";
import { type ConfigSummary, readSummary } from "../config/config_summary.ts";
import { bubblewrapFault } from "../sandbox/isolation.ts";
import { physicalPaths } from "../sandbox/host.ts";
import {
  describeHidden,
  isVisible,
  type NamedPath,
  namedPaths,
  sandboxPathFor,
  type Visibility,
} from "../sandbox/visibility.ts";

/** What warnings are made from. */
export interface WarningFacts {
  /** Name of the instance. */
  readonly instance: string;
  /** The entries of its config. */
  readonly entries: readonly Watched[];
  /** The entries of every other instance, by name. */
  readonly others: ReadonlyMap<string, readonly Launch[]>;
  /** The rules in force. */
  readonly rules: readonly Rule[];
  /** What the instance sees of the machine. */
  readonly visibility: Visibility;
  /** Paths that its servers are given and that it does not see. */
  readonly unseen: readonly NamedPath[];
}

/** Each makes warnings of its own kind, out of the facts alone. */
const judges: readonly ((facts: WarningFacts) => string[])[] = [
  ({ visibility, unseen }) => unseen.map((named) => describeHidden(visibility, named)),
  hazardWarnings,
];

/** Instances and configs, each read once however many instances are looked at. */
export interface WarningSources {
  /** The instances. */
  readonly instances: InstanceRegistry;
  /** What the config of an instance says; rejects as {@linkcode readSummary} does. */
  readonly configOf: (name: string) => Promise<ConfigSummary | undefined>;
  /** Why bubblewrap does not work here; `undefined` when it does. */
  readonly fault: () => Promise<string | undefined>;
}

/**
 * Sources that ask nothing twice.
 *
 * @param context Where configs are
 * @param instances The instances
 */
export function sourcesIn({ paths }: Context, instances: InstanceRegistry): WarningSources {
  const read = new Map<string, Promise<ConfigSummary | undefined>>();
  let fault: Promise<string | undefined> | undefined;
  return {
    instances,
    fault: () => fault ??= bubblewrapFault(),
    configOf: (name) => {
      const known = read.get(name) ?? readSummary(paths, name);
      read.set(name, known);
      return known;
    },
  };
}

/**
 * The warnings for one instance.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`, and run permission for `bwrap`.
 *
 * @param context Where things are
 * @param name Name of the instance
 * @param sources Where instances and configs are taken from
 * @returns Sentences without a final period, each once
 * @throws {CmgrError} `damaged`, for the registry; faults of config and rules are warnings
 */
export async function warningsOf(
  context: Context,
  name: string,
  { instances, configOf, fault }: WarningSources,
): Promise<string[]> {
  let rules: readonly Rule[];
  let entries: readonly Watched[];
  try {
    rules = await context.rules();
    entries = (await configOf(name))?.entries ?? [];
  } catch (error) {
    if (!(error instanceof CmgrError)) throw error;
    return [error.message];
  }
  const names = mindsSecondCopy(entries, rules)
    ? namesOf(instances).filter((other) => other !== name)
    : [];
  const others = new Map<string, readonly Launch[]>();
  for (const other of names) others.set(other, await entriesOf(configOf(other)));
  const { paths, settings: { toolFolders, mounts } } = context;
  const { shares = [] } = instances.instances[name];
  const visibility: Visibility = { paths, instance: name, shares, toolFolders, mounts };
  const unseen = await unseenOf(context, visibility, entries, fault);
  const facts = { instance: name, entries, others, rules, visibility, unseen };
  return [...new Set(judges.flatMap((deriveStatus) => deriveStatus(facts)))];
}

/** Of what an instance would not see, that which its sandbox has not in its place either. */
async function unseenOf(
  { settings }: Context,
  visibility: Visibility,
  entries: readonly Watched[],
  fault: WarningSources["fault"],
): Promise<NamedPath[]> {
  if (settings.isolation === "profile") return [];
  const unseen: NamedPath[] = [];
  for (const named of namedPaths(entries)) {
    if (isVisible(visibility, named.path)) continue;
    const place = sandboxPathFor(visibility, named.path);
    if (place === undefined || !await isThere(place)) unseen.push(named);
  }
  // Asked last, since it is rarely needed.
  if (unseen.length === 0 || await fault() !== undefined) return [];
  // What looks like a path elsewhere may be none.
  const elsewhere = unseen.filter(({ path }) => sandboxPathFor(visibility, path) === undefined);
  const present = await physicalPaths(elsewhere.map(({ path }) => path));
  return unseen.filter((named) => !elsewhere.includes(named) || present.has(named.path));
}

/** A link on the way is not followed, and is something. */
async function isThere(path: string): Promise<boolean> {
  try {
    return await isPresent(path);
  } catch {
    return true;
  }
}

/** What is wrong with another instance is said when that one is looked at. */
async function entriesOf(
  config: Promise<ConfigSummary | undefined>,
): Promise<readonly Launch[]> {
  try {
    return (await config)?.entries ?? [];
  } catch (error) {
    if (error instanceof CmgrError) return [];
    throw error;
  }
}
