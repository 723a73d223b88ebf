import { CmgrError } from "../errors.ts";
import { type Allocation, assign, type Offsets, type Pins } from "../ports/allocate.ts";
import { specTools } from "../catalogue/spec_rules.ts";
import { lastPort, overlaps, type Range } from "../ports/layout.ts";
import { defaultLayout, highestPort } from "../settings/port_layout.ts";
import type { PortRegistry } from "./ports.ts";
import type { PortRecord } from "./schemas.ts";
import { dictionary, withKey, withoutKey } from "../json/dictionary.ts";

/**
 * @returns `undefined` for an instance without ports
 * @throws {CmgrError} `damaged`, when the range would end above the highest port
 */
export function rangeOf(registry: PortRegistry, instance: string): Range | undefined {
  if (!Object.hasOwn(registry.bases, instance)) return undefined;
  const size = recordOf(registry, instance)?.size ?? defaultLayout.portRange;
  const range = { base: registry.bases[instance], size };
  if (lastPort(range) > highestPort) {
    throw new CmgrError(
      "damaged",
      `port_registry.json: the range of "${instance}" starts at ${range.base} and would end above ${highestPort}`,
      `Give it a new one with: cmgr mcp ${instance} --reset-ports`,
    );
  }
  return range;
}

/**
 * The ranges that an instance may not have: those of all others, and those still reserved for
 * removed ones at `now`, in milliseconds since 1970.
 */
export function otherRanges(
  registry: PortRegistry,
  except: string,
  now: number = Date.now(),
): Range[] {
  const others = Object.entries(registry.bases).filter(([name]) => name !== except)
    .map(([name, base]) => ({
      base,
      size: recordOf(registry, name)?.size ?? defaultLayout.portRange,
    }));
  return [...others, ...reservedRanges(registry, now)];
}

export function reservedRanges(registry: PortRegistry, now: number = Date.now()): Range[] {
  return Object.values(registry.reserved).filter(({ until }) => Date.parse(until) > now)
    .map(({ base, size }) => ({ base, size }));
}

export function recordOf(registry: PortRegistry, instance: string): PortRecord | undefined {
  return Object.hasOwn(registry.records, instance) ? registry.records[instance] : undefined;
}

/**
 * The instances whose range overlaps others, as the original cmgr allowed, each with those others.
 */
export function sharersIn(
  registry: PortRegistry,
  instances: readonly string[],
): Map<string, string[]> {
  const ranges = instances.flatMap((name) => {
    const range = rangeOf(registry, name);
    return range === undefined ? [] : [{ name, range }];
  }).sort((a, b) => a.range.base - b.range.base);
  const sharers = new Map<string, string[]>();
  const add = (name: string, other: string) =>
    sharers.set(name, [...sharers.get(name) ?? [], other].sort());
  for (const [i, { name, range }] of ranges.entries()) {
    for (let j = i + 1; j < ranges.length && overlaps(ranges[j].range, range); j++) {
      add(name, ranges[j].name);
      add(ranges[j].name, name);
    }
  }
  return sharers;
}

export function describeSharers(instance: string, others: readonly string[]): string {
  return `"${instance}" has the same ports as ${others.map((name) => `"${name}"`).join(", ")}; ` +
    `give it its own with: cmgr mcp ${instance} --ports`;
}

/** The offsets beyond those of the specification. */
export function keptOffsets(registry: PortRegistry, instance: string): Offsets {
  return new Map(Object.entries(recordOf(registry, instance)?.offsets ?? {}));
}

/** The offsets of further copies. */
export function keptCopies(registry: PortRegistry, instance: string): Offsets {
  return new Map(Object.entries(recordOf(registry, instance)?.copies ?? {}));
}

export function allocationOf(registry: PortRegistry, instance: string): Allocation | undefined {
  const range = rangeOf(registry, instance);
  if (range === undefined) return undefined;
  const offsets = assign(range, [], keptOffsets(registry, instance));
  const copies = keptCopies(registry, instance);
  return { range, offsets, copies, pins: pinsOf(registry, instance) };
}

export function pinsOf(registry: PortRegistry, instance: string): Pins {
  return new Map(Object.entries(recordOf(registry, instance)?.pins ?? {}));
}

export function otherPins(registry: PortRegistry, except: string): Set<number> {
  const others = Object.keys(registry.bases).filter((name) => name !== except);
  return new Set(others.flatMap((name) => [...pinsOf(registry, name).values()].flat()));
}

export function withAllocation(
  registry: PortRegistry,
  instance: string,
  allocation: Allocation,
): PortRegistry {
  const offsets: NonNullable<PortRecord["offsets"]> = dictionary();
  for (const [tool, given] of allocation.offsets) {
    if (!specTools.some((spec) => spec.name === tool && given.length === 1)) {
      offsets[tool] = [...given];
    }
  }
  const { pins: _pins, copies: _copies, ...known } = recordOf(registry, instance) ?? {};
  const pins: NonNullable<PortRecord["pins"]> = dictionary();
  for (const [tool, given] of allocation.pins ?? []) pins[tool] = [...given];
  const copies: NonNullable<PortRecord["copies"]> = dictionary();
  for (const [tool, given] of allocation.copies ?? []) copies[tool] = [...given];
  const record: PortRecord = {
    ...known,
    size: allocation.range.size,
    offsets,
    ...(Object.keys(copies).length > 0 && { copies }),
    ...(Object.keys(pins).length > 0 && { pins }),
  };
  return {
    ...registry,
    bases: withKey(registry.bases, instance, allocation.range.base),
    records: withKey(registry.records, instance, record),
  };
}

export function withoutAllocation(registry: PortRegistry, instance: string): PortRegistry {
  return {
    ...registry,
    bases: withoutKey(registry.bases, instance),
    records: withoutKey(registry.records, instance),
  };
}
