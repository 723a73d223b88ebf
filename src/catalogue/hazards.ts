/** Warns of the trouble that a server is known for, where it matters. Pure. */
import { type Launch, recognise, type Recognised } from "./recognise.ts";
import { type Hazard, isMovable, type Rule } from "./rule.ts";

/** An entry as far as hazards are concerned. */
export interface Watched extends Launch {
  /** Names of the variables in its `env`. */
  readonly variables?: readonly string[];
}

export interface HazardFacts {
  /** The entries of the instance. */
  readonly entries: readonly Watched[];
  /** The entries of every other instance, by name. */
  readonly others: ReadonlyMap<string, readonly Launch[]>;
  readonly rules: readonly Rule[];
}

/**
 * Warns of a server whose port cannot be moved, when there is a second one; of one that leaves
 * stdio, when its entry has what makes it do so.
 *
 * @returns Sentences without a final period
 */
export function hazardWarnings({ entries, others, rules }: HazardFacts): string[] {
  const own = recognise(entries, rules);
  // Of many instances, only those are looked at that could matter.
  const elsewhere = !own.some(canClash) ? [] : [...others].map(([instance, launches]) => ({
    instance,
    rules: new Set(recognise(launches, rules).filter(binds).map(({ rule }) => rule!.name)),
  }));
  return own.flatMap((entry, i) => {
    const { rule, isPortOnly } = entry;
    if (rule === undefined || isPortOnly) return [];
    const instances = elsewhere.filter((other) => other.rules.has(rule.name));
    const twins = own.filter((other, at) => at !== i && binds(other) && other.rule === rule);
    const places = [
      ...instances.map(({ instance }) => `"${instance}"`),
      ...twins.map(({ key }) => `the entry "${key}"`),
    ];
    return [
      ...clashWarnings(entry, places),
      ...hazardsOf(rule, "leaves-stdio").flatMap((hazard) => stdioWarnings(entries[i], hazard)),
    ];
  });
}

/** Whether the configs of other instances matter to these servers: mostly they need not be read. */
export function canConflict(entries: readonly Launch[], rules: readonly Rule[]): boolean {
  return recognise(entries, rules).some(canClash);
}

export function hazardsOf(rule: Rule | undefined, kind: Hazard["kind"]): readonly Hazard[] {
  return (rule?.hazards ?? []).filter((hazard) => hazard.kind === kind);
}

function binds({ rule, isPortOnly }: Recognised): boolean {
  return !isPortOnly && (rule?.ports !== undefined || hazardsOf(rule, "exclusive").length > 0);
}

function canClash({ rule, isPortOnly }: Recognised): boolean {
  return !isPortOnly && (hazardsOf(rule, "exclusive").length > 0 ||
    (rule?.ports ?? []).some((port) => !isMovable(port) && port.default));
}

function clashWarnings({ key, rule, isPortOnly }: Recognised, places: readonly string[]): string[] {
  if (isPortOnly || places.length === 0) return [];
  const others = places.join(", ");
  const exclusive = hazardsOf(rule, "exclusive");
  if (exclusive.length > 0) {
    return exclusive.map(({ text }) =>
      `"${key}" ${text}, and ${others} ${places.length === 1 ? "has" : "have"} it too: ` +
      "whichever starts last ends the others, so run one at a time"
    );
  }
  const fixed = (rule?.ports ?? []).filter((port) => !isMovable(port) && port.default);
  return fixed.map((port) =>
    `"${key}" cannot be moved from port ${port.default}, and ${others} ${
      places.length === 1 ? "has" : "have"
    } it too: only the first to start gets that port`
  );
}

function stdioWarnings(entry: Watched, { text, by = [] }: Hazard): string[] {
  const found = by.find((one) =>
    entry.args.some((word) => word === one || word.startsWith(`${one}=`)) ||
    entry.variables?.includes(one)
  );
  return found === undefined ? [] : [`"${entry.key}" ${text}: its entry has ${found}`];
}
