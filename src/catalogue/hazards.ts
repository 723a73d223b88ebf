/** Warnings about servers of a config that are known for trouble. Pure. */
import { sharesNetwork } from "./containers.ts";
import { obstacleTo } from "./obstacle.ts";
import { type Launch, recognise, type Recognised } from "./recognise.ts";
import { type Hazard, isMovable, type PortRule, type Rule } from "./rule.ts";

export interface Watched extends Launch {
  /** Names of the variables in its `env`. */
  readonly variables?: readonly string[];
}

/**
 * @param others The servers of other instances, by instance
 * @returns Sentences without a final period
 */
export function hazardWarnings({ entries, others, rules }: {
  readonly entries: readonly Watched[];
  readonly others: ReadonlyMap<string, readonly Launch[]>;
  readonly rules: readonly Rule[];
}): string[] {
  const own = recognise(entries, rules);
  // Most configs have no server that could clash with one of another instance.
  const elsewhere = !own.some(canClash) ? [] : [...others].map(([instance, launches]) => ({
    instance,
    servers: new Set(recognise(launches, rules).filter(binds).map(identityOf)),
  }));
  return own.flatMap((entry, i) => {
    const identity = identityOf(entry);
    if (identity === undefined) return [];
    const twins = own.toSpliced(i, 1).filter((one) => binds(one) && identityOf(one) === identity);
    const places = [
      ...elsewhere.filter(({ servers }) => servers.has(identity))
        .map(({ instance }) => `"${instance}"`),
      ...twins.map(({ key }) => `the entry "${key}"`),
    ];
    return [
      ...(entries[i].isExtension ? [] : unmovedWarnings(entry)),
      ...clashWarnings(entry, places),
      ...(entry.isPortOnly ? [] : stdioWarnings(entries[i], entry.rule)),
    ];
  });
}

/** Whether the configs of other instances have to be read for {@linkcode hazardWarnings}. */
export function canConflict(entries: readonly Launch[], rules: readonly Rule[]): boolean {
  return recognise(entries, rules).some(canClash);
}

export function hazardsOf(rule: Rule | undefined, kind: Hazard["kind"]): readonly Hazard[] {
  return (rule?.hazards ?? []).filter((hazard) => hazard.kind === kind);
}

/** Equal for two entries that start the same server. */
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

/** Those of its ports that are always the same, and cannot be moved in this entry. */
function fixedPorts(entry: Recognised): readonly PortRule[] {
  return entry.ports.filter((port) =>
    port.default !== undefined && obstacleTo(port, entry, true) !== undefined
  );
}

function canClash(entry: Recognised): boolean {
  return isExclusive(entry) || isOnHost(entry) || fixedPorts(entry).length > 0;
}

/** For ports that its rule could move if the entry started it in another way. */
function unmovedWarnings(entry: Recognised): string[] {
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

function stdioWarnings({ key, args, variables }: Watched, rule: Rule | undefined): string[] {
  const isThere = (one: string) =>
    args.some((word) => word === one || word.startsWith(`${one}=`)) || variables?.includes(one);
  return hazardsOf(rule, "leaves-stdio").flatMap(({ text, by = [] }) => {
    const found = by.find(isThere);
    return found === undefined ? [] : [`"${key}" ${text}: its entry has ${found}`];
  });
}
