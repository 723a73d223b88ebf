/** Warns of the trouble that a server is known for, where it matters. Pure. */
import { sharesNetwork } from "./containers.ts";
import { obstacleTo } from "./obstacle.ts";
import { type Launch, recognise, type Recognised } from "./recognise.ts";
import { type Hazard, isMovable, type PortRule, type Rule } from "./rule.ts";

export interface Watched extends Launch {
  /** Names of the variables in its `env`. */
  readonly variables?: readonly string[];
}

export interface HazardFacts {
  readonly entries: readonly Watched[];
  readonly others: ReadonlyMap<string, readonly Launch[]>;
  readonly rules: readonly Rule[];
}

/**
 * Warns of a second server with an immovable port, and of a server whose entry makes it leave
 * stdio.
 *
 * @returns Sentences without a final period
 */
export function hazardWarnings({ entries, others, rules }: HazardFacts): string[] {
  const own = recognise(entries, rules);
  // Among many instances, only those that could matter are checked.
  const elsewhere = !own.some(canClash) ? [] : [...others].map(([instance, launches]) => ({
    instance,
    servers: new Set(recognise(launches, rules).filter(binds).map(identityOf)),
  }));
  return own.flatMap((entry, i) => {
    const { rule, isPortOnly } = entry;
    const identity = identityOf(entry);
    if (identity === undefined) return [];
    const instances = elsewhere.filter((other) => other.servers.has(identity));
    const twins = own.filter((other, at) =>
      at !== i && binds(other) && identityOf(other) === identity
    );
    const places = [
      ...instances.map(({ instance }) => `"${instance}"`),
      ...twins.map(({ key }) => `the entry "${key}"`),
    ];
    const leaves = isPortOnly ? [] : hazardsOf(rule, "leaves-stdio");
    return [
      ...(entries[i].isExtension ? [] : leftAlone(entry)),
      ...clashWarnings(entry, places),
      ...leaves.flatMap((hazard) => stdioWarnings(entries[i], hazard)),
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

/** What two entries have in common that are the same server. */
function identityOf({ rule, isPortOnly, started: { container } }: Recognised): string | undefined {
  return container?.image ?? (isPortOnly ? undefined : rule?.name);
}

function isExclusive({ rule, isPortOnly }: Recognised): boolean {
  return !isPortOnly && hazardsOf(rule, "exclusive").length > 0;
}

function isOnHost({ started: { container } }: Recognised): boolean {
  return container !== undefined && sharesNetwork(container);
}

function binds(entry: Recognised): boolean {
  return entry.ports.length > 0 || isExclusive(entry) || isOnHost(entry);
}

/** The ports that stay where they are, of those that are always the same. */
function fixedPorts(entry: Recognised): readonly PortRule[] {
  return entry.ports.filter((port) =>
    port.default !== undefined && obstacleTo(port, entry, true) !== undefined
  );
}

function canClash(entry: Recognised): boolean {
  return isExclusive(entry) || isOnHost(entry) || fixedPorts(entry).length > 0;
}

/** Tells of a port that its rule could move, were it started in another way. */
function leftAlone(entry: Recognised): string[] {
  return entry.ports.flatMap((port) => {
    const obstacle = isMovable(port) ? obstacleTo(port, entry, true) : undefined;
    return obstacle === undefined ? [] : [`The port of "${entry.key}" stays as it is: ${obstacle}`];
  });
}

function clashWarnings(entry: Recognised, places: readonly string[]): string[] {
  if (places.length === 0) return [];
  const { key, rule } = entry;
  const others = `${places.join(", ")} ${places.length === 1 ? "has" : "have"}`;
  if (isExclusive(entry)) {
    return hazardsOf(rule, "exclusive").map(({ text }) =>
      `"${key}" ${text}, and ${others} it too: ` +
      "whichever starts last ends the others, so run one at a time"
    );
  }
  if (isOnHost(entry)) {
    return [
      `"${key}" runs its container with the network of this machine, and ${others} it too: ` +
      "only the first to start gets its ports",
    ];
  }
  return fixedPorts(entry).map((port) =>
    `"${key}" cannot be moved from port ${port.default}, and ${others} it too: ` +
    "only the first to start gets that port"
  );
}

function stdioWarnings(entry: Watched, { text, by = [] }: Hazard): string[] {
  const found = by.find((one) =>
    entry.args.some((word) => word === one || word.startsWith(`${one}=`)) ||
    entry.variables?.includes(one)
  );
  return found === undefined ? [] : [`"${entry.key}" ${text}: its entry has ${found}`];
}
