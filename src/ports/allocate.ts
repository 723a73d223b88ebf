/** Chooses ranges and ports. Pure. */
import { CmgrError } from "../errors.ts";
import { highestPort, type Layout } from "../settings/port_layout.ts";
import { forbiddenPorts, specTools } from "../catalogue/spec_rules.ts";
import { contains, formatRange, freeRanges, type Range } from "./layout.ts";
import { type IsReserved, Places } from "./places.ts";

/** Offsets within a range by tool, those of the specification included. */
export type Offsets = ReadonlyMap<string, readonly number[]>;

export interface Wanted {
  readonly tool: string;
  /** How many ports it binds. */
  readonly count: number;
  /** How many further copies of it need as many again, where there is room; none if not given. */
  readonly copies?: number;
}

/** By tool: each port replaces the tool's port of the same rank. */
export type Pins = ReadonlyMap<string, readonly number[]>;

export interface Allocation {
  readonly range: Range;
  /** Those of pinned tools too: they return to them when unpinned. */
  readonly offsets: Offsets;
  /** Of further copies. */
  readonly copies?: Offsets;
  /** Inside or outside the range. */
  readonly pins?: Pins;
}

/** The pins, and what was given earlier, kept where it still fits. */
export type Kept = Partial<Omit<Allocation, "range">>;

export interface Request {
  readonly layout: Layout;
  readonly taken: readonly Range[];
  /** The tools other than the six. */
  readonly wanted: readonly Wanted[];
  readonly kept?: Kept;
  /** Ports on which something else listens. */
  readonly busy: ReadonlySet<number>;
  /** Ports that no tool may have, in any range. */
  readonly unavailable?: ReadonlySet<number>;
}

/**
 * Chooses the lowest free range in which every port that would be assigned is free.
 *
 * @throws {CmgrError} `no-ports`, when no range is left, or the tools do not fit in one
 */
export function allocate(request: Request): Allocation {
  const { layout, taken, wanted, kept, busy, unavailable } = request;
  const isReserved = reservations(kept?.pins, unavailable);
  let skipped = 0;
  for (const range of freeRanges(layout, taken)) {
    const isUsable = specTools.every(({ name, offset }) =>
      !forbiddenPorts.has(range.base + offset) && !isReserved(range.base + offset, name)
    );
    if (!isUsable) continue;
    const allocation = allocateIn(range, wanted, kept, unavailable);
    if (!portsOf({ ...allocation, pins: undefined }).some((port) => busy.has(port))) {
      return allocation;
    }
    skipped++;
  }
  throw new CmgrError(
    "no-ports",
    `No range of ${layout.portRange} ports is free between ${layout.basePort} and ${highestPort}: ${taken.length} in use, ${skipped} with a port that another program uses`,
    "Remove an instance, or choose a lower basePort or a smaller portRange in ~/.cmgr/config.jsonc",
  );
}

/**
 * Keeps what was given earlier, and adds places for new tools.
 *
 * @param unavailable Ports that no tool may have
 * @throws {CmgrError} `no-ports`
 */
export function allocateIn(
  range: Range,
  wanted: readonly Wanted[],
  kept: Kept = {},
  unavailable?: ReadonlySet<number>,
): Allocation {
  const { pins } = kept;
  const isReserved = reservations(pins, unavailable);
  const offsets = assign(range, wanted, kept.offsets, isReserved);
  const copies = assignCopies(range, wanted, offsets, kept.copies, isReserved);
  return { range, offsets, copies, ...(pins && { pins }) };
}

function reservations(pins?: Pins, unavailable?: ReadonlySet<number>): IsReserved {
  const owners = new Map(
    [...pins ?? []].flatMap(([tool, ports]) => ports.map((port) => [port, tool] as const)),
  );
  return (port, tool) =>
    unavailable?.has(port) === true || owners.has(port) && owners.get(port) !== tool;
}

const specOffsets: Offsets = new Map(specTools.map((tool) => [tool.name, [tool.offset]]));

/**
 * Gives every tool its place in a range.
 *
 * @param wanted The tools other than the six
 * @param kept Offsets given earlier; those of tools that are not wanted now stay reserved
 * @returns The offsets of the six, of `wanted` and of `kept`
 * @throws {CmgrError} `no-ports`, when they do not fit
 */
export function assign(
  range: Range,
  wanted: readonly Wanted[],
  kept?: Offsets,
  isReserved: IsReserved = () => false,
): Offsets {
  // True of most instances, and there may be hundreds.
  if (wanted.length === 0 && (kept === undefined || kept.size === 0)) return specOffsets;
  const offsets = new Map(specOffsets);
  const places = new Places(range, isReserved, [...offsets.values()].flat());
  for (const [tool, given] of kept ?? []) {
    if (!offsets.has(tool) && given.every((offset) => places.isFree(offset, tool))) {
      offsets.set(tool, places.take(given));
    }
  }
  for (const { tool, count } of wanted) {
    const given = offsets.get(tool) ?? [];
    const all = [...given, ...places.best(tool, count - given.length)];
    if (all.length < count) throw rangeFull(range, offsets, tool);
    offsets.set(tool, places.take(all));
  }
  return offsets;
}

/**
 * Gives places to further copies of servers: to as many whole copies as have room, since a copy can
 * run without.
 *
 * @param offsets Those of the tools themselves, which come first
 * @param kept Given to copies earlier, kept where they still fit
 * @returns By tool, the offsets of each copy after those of the one before
 */
export function assignCopies(
  range: Range,
  wanted: readonly Wanted[],
  offsets: Offsets,
  kept?: Offsets,
  isReserved: IsReserved = () => false,
): Offsets {
  const copies = new Map<string, readonly number[]>();
  const places = new Places(range, isReserved, [...offsets.values()].flat());
  // No tool has an empty name: what the tool itself has pinned is reserved too.
  const owner = "";
  const needs = new Map(wanted.map(({ tool, count, copies = 0 }) => [tool, { count, copies }]));
  for (const [tool, given] of kept ?? []) {
    const { count, copies: number } = needs.get(tool) ?? { count: given.length, copies: 1 };
    const still = [...new Set(given)].slice(0, count * number);
    if (still.length > 0 && still.every((offset) => places.isFree(offset, owner))) {
      copies.set(tool, places.take(still));
    }
  }
  for (const [tool, { count, copies: number }] of needs) {
    const given = copies.get(tool) ?? [];
    const all = [...given, ...places.best(tool, count * number - given.length, owner)];
    const whole = all.slice(0, all.length - all.length % count);
    if (whole.length > 0) copies.set(tool, places.take(whole));
  }
  return copies;
}

/** Pinned ports take the place of those that they replace; ports of further copies come last. */
export function portsOf(allocation: Allocation): number[] {
  return [
    ...[...allocation.offsets.keys()].flatMap((tool) => portsOfTool(allocation, tool)),
    ...[...allocation.copies?.keys() ?? []].flatMap((tool) => portsOfCopies(allocation, tool)),
  ];
}

/**
 * The ports of one tool: its pins, then the rest of its own, of which a pin may be one.
 *
 * @returns None for a tool that has no place
 */
export function portsOfTool({ range, offsets, pins }: Allocation, tool: string): number[] {
  const pinned = pins?.get(tool) ?? [];
  const given = (offsets.get(tool) ?? []).map((offset) => range.base + offset)
    .filter((port) => contains(range, port));
  const free = given.filter((port) => !pinned.includes(port));
  return [...pinned, ...free.slice(Math.max(0, free.length - (given.length - pinned.length)))];
}

/** The ports of further copies of a tool, those of each after those of the one before. */
export function portsOfCopies({ range, copies }: Allocation, tool: string): number[] {
  return (copies?.get(tool) ?? []).map((offset) => range.base + offset)
    .filter((port) => contains(range, port));
}

function rangeFull(range: Range, offsets: Offsets, tool: string): CmgrError {
  const names = [...offsets.keys()];
  const shown = names.length > 12 ? [...names.slice(0, 12), `${names.length - 12} more`] : names;
  return new CmgrError(
    "no-ports",
    `The range ${formatRange(range)} is full: no port is left for "${tool}" in addition to ${
      shown.join(", ")
    }`,
    "Remove a server from the config, or set a larger portRange in ~/.cmgr/config.jsonc and regenerate with: cmgr mcp NAME --ports",
  );
}
