import { CmgrError } from "../errors.ts";
import { type Allocation, assign, type Kept, type Offsets } from "../ports/allocate.ts";
import { specTools } from "../catalogue/spec_rules.ts";
import { lastPort, overlaps, type Range } from "../ports/layout.ts";
import { defaultLayout, highestPort } from "../settings/port_layout.ts";
import type { PortRegistry } from "./ports.ts";
import type { PortRecord } from "./schemas.ts";
import { type Dictionary, dictionary, withKey, withoutKey } from "../json/dictionary.ts";

/** @throws {CmgrError} `damaged`, when the range would end above the highest port */
export function rangeOf(registry: PortRegistry, instance: string): Range | undefined {
  const range = recordedRange(registry, instance);
  if (range && lastPort(range) > highestPort) {
    throw new CmgrError(
      "damaged",
      `port_registry.json: the range of "${instance}" starts at ${range.base} and would end above ${highestPort}`,
      `Give it a new one with: cmgr mcp ${instance} --reset-ports`,
    );
  }
  return range;
}

/** Also a range that would end above the highest port. */
export function recordedRange(registry: PortRegistry, instance: string): Range | undefined {
  if (!Object.hasOwn(registry.bases, instance)) return undefined;
  const size = recordOf(registry, instance)?.size ?? defaultLayout.portRange;
  return { base: registry.bases[instance], size };
}

/** @param now In milliseconds since 1970: ranges are reserved for removed instances for a time */
export function otherRanges(
  registry: PortRegistry,
  except: string,
  now: number = Date.now(),
): Range[] {
  const others = Object.keys(registry.bases).filter((name) => name !== except)
    .map((name) => recordedRange(registry, name)!);
  return [...others, ...reservedRanges(registry, now)];
}

export function reservedRanges(registry: PortRegistry, now: number = Date.now()): Range[] {
  return Object.values(registry.reserved).filter(({ until }) => Date.parse(until) > now)
    .map(({ base, size }) => ({ base, size }));
}

function recordOf(registry: PortRegistry, instance: string): PortRecord | undefined {
  return Object.hasOwn(registry.records, instance) ? registry.records[instance] : undefined;
}

/** Instances whose ranges overlap, as the original cmgr allowed, each with the others. */
export function sharersIn(
  registry: PortRegistry,
  instances: readonly string[],
): Map<string, string[]> {
  const ranges = instances.flatMap((name) => {
    const range = recordedRange(registry, name);
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

/** What is recorded of an instance; the offsets of the specification are not. */
export function keptOf(registry: PortRegistry, instance: string): Required<Kept> {
  const { offsets, copies, pins } = recordOf(registry, instance) ?? {};
  return { offsets: mapOf(offsets), copies: mapOf(copies), pins: mapOf(pins) };
}

function mapOf(offsets: PortRecord["offsets"]): Offsets {
  return new Map(Object.entries(offsets ?? {}));
}

export function allocationOf(registry: PortRegistry, instance: string): Allocation | undefined {
  const range = rangeOf(registry, instance);
  if (range === undefined) return undefined;
  const kept = keptOf(registry, instance);
  return { ...kept, range, offsets: assign(range, [], kept.offsets) };
}

export function otherPins(registry: PortRegistry, except: string): Set<number> {
  const others = Object.keys(registry.bases).filter((name) => name !== except);
  return new Set(others.flatMap((name) => [...keptOf(registry, name).pins.values()].flat()));
}

export function withAllocation(
  registry: PortRegistry,
  instance: string,
  { range, offsets, copies, pins }: Allocation,
): PortRegistry {
  const { pins: _pins, copies: _copies, ...known } = recordOf(registry, instance) ?? {};
  const record: PortRecord = {
    ...known,
    size: range.size,
    offsets: recordable(
      [...offsets].filter(([tool, given]) =>
        !specTools.some((spec) => spec.name === tool && given.length === 1)
      ),
    ),
    ...(copies?.size && { copies: recordable(copies) }),
    ...(pins?.size && { pins: recordable(pins) }),
  };
  return {
    ...registry,
    bases: withKey(registry.bases, instance, range.base),
    records: withKey(registry.records, instance, record),
  };
}

function recordable(places: Iterable<[string, readonly number[]]>): Dictionary<number[]> {
  const result = dictionary<number[]>();
  for (const [tool, given] of places) result[tool] = [...given];
  return result;
}

export function withoutAllocation(registry: PortRegistry, instance: string): PortRegistry {
  return {
    ...registry,
    bases: withoutKey(registry.bases, instance),
    records: withoutKey(registry.records, instance),
  };
}
