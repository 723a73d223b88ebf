/** The choice of ranges and ports. Pure. */
import { CmgrError } from "../errors.ts";
import { highestPort, type Layout } from "../settings/port_layout.ts";
import { forbiddenPorts, sparePorts, specTools } from "../catalogue/spec_rules.ts";
import { contains, formatRange, freeRanges, type Range } from "./layout.ts";

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

export interface Request {
  readonly layout: Layout;
  readonly taken: readonly Range[];
  /** The tools other than the six. */
  readonly wanted: readonly Wanted[];
  /** Offsets given earlier, kept where they still fit. */
  readonly kept?: Offsets;
  /** The same of further copies. */
  readonly keptCopies?: Offsets;
  /** Ports on which something else listens. */
  readonly busy: ReadonlySet<number>;
  readonly pins?: Pins;
  /** Pinned by other instances: never given, in any range. */
  readonly pinnedElsewhere?: ReadonlySet<number>;
}

const firstOffset = 10;
const lastOffset = 99;

/**
 * Chooses the lowest free range in which every port that would be assigned is free.
 *
 * @throws {CmgrError} `no-ports`, when no range is left, or the tools do not fit in one
 */
export function allocate(request: Request): Allocation {
  const { layout, taken, wanted, kept, keptCopies, busy, pins } = request;
  const isReserved = reservations(pins, request.pinnedElsewhere);
  let skipped = 0;
  for (const range of freeRanges(layout, taken)) {
    const isUsable = specTools.every(({ name, offset }) =>
      !forbiddenPorts.has(range.base + offset) && !isReserved(range.base + offset, name)
    );
    if (!isUsable) continue;
    const offsets = assign(range, wanted, kept, isReserved);
    const copies = assignCopies({ range, wanted, offsets, kept: keptCopies, isReserved });
    if (portsOf({ range, offsets, copies }).some((port) => busy.has(port))) {
      skipped++;
      continue;
    }
    return { range, offsets, copies, ...(pins && { pins }) };
  }
  throw new CmgrError(
    "no-ports",
    `No range of ${layout.portRange} ports is free between ${layout.basePort} and ${highestPort}: ${taken.length} in use, ${skipped} with a port that another program uses`,
    "Remove an instance, or choose a lower basePort or a smaller portRange in ~/.cmgr/config.jsonc",
  );
}

/** Whether a port must not be given to a tool, since it is pinned for another. */
type IsReserved = (port: number, tool: string) => boolean;

/** @param elsewhere Ports that other instances have pinned */
export function reservations(pins?: Pins, elsewhere?: ReadonlySet<number>): IsReserved {
  const owners = new Map(
    [...pins ?? []].flatMap(([tool, ports]) => ports.map((port) => [port, tool] as const)),
  );
  return (port, tool) =>
    elsewhere?.has(port) === true || owners.has(port) && owners.get(port) !== tool;
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
  const used = new Set(specTools.map((tool) => tool.offset));
  const isUsable = (offset: number, tool: string) =>
    offset < range.size && !used.has(offset) && !forbiddenPorts.has(range.base + offset) &&
    !isReserved(range.base + offset, tool);
  const take = (tool: string, given: readonly number[]) => {
    offsets.set(tool, given);
    for (const offset of given) used.add(offset);
  };
  for (const [tool, given] of kept ?? []) {
    if (!offsets.has(tool) && given.every((offset) => isUsable(offset, tool))) take(tool, given);
  }
  for (const { tool, count } of wanted) {
    const given = [...(offsets.get(tool) ?? [])];
    if (given.length >= count) continue;
    for (const offset of offsetCandidates(tool, range)) {
      if (given.length >= count) break;
      if (isUsable(offset, tool) && !given.includes(offset)) given.push(offset);
    }
    if (given.length < count) throw rangeFull(range, offsets, tool);
    take(tool, given);
  }
  return offsets;
}

interface CopyRequest {
  readonly range: Range;
  readonly wanted: readonly Wanted[];
  /** Those of the tools themselves, which come first. */
  readonly offsets: Offsets;
  /** Given to copies earlier, kept where they still fit. */
  readonly kept?: Offsets;
  readonly isReserved: IsReserved;
}

/**
 * Gives further copies of servers their places: as many whole copies as have room, since one can
 * run without.
 *
 * @returns By tool, the offsets of each copy after those of the one before
 */
export function assignCopies({ range, wanted, offsets, kept, isReserved }: CopyRequest): Offsets {
  const copies = new Map<string, readonly number[]>();
  const used = new Set([...offsets.values()].flat());
  const isUsable = (offset: number) =>
    offset < range.size && !used.has(offset) && !forbiddenPorts.has(range.base + offset) &&
    // No tool has an empty name: what the tool itself has pinned is taken too.
    !isReserved(range.base + offset, "");
  const take = (tool: string, given: readonly number[]) => {
    copies.set(tool, given);
    for (const offset of given) used.add(offset);
  };
  const needs = new Map(wanted.map(({ tool, count, copies = 0 }) => [tool, { count, copies }]));
  for (const [tool, given] of kept ?? []) {
    const { count, copies } = needs.get(tool) ?? { count: given.length, copies: 1 };
    const still = [...new Set(given)].slice(0, count * copies);
    if (still.length > 0 && still.every(isUsable)) take(tool, still);
  }
  for (const [tool, { count, copies: number }] of needs) {
    const given = [...copies.get(tool) ?? []];
    for (const offset of offsetCandidates(tool, range)) {
      if (given.length >= count * number) break;
      if (isUsable(offset) && !given.includes(offset)) given.push(offset);
    }
    const whole = given.slice(0, given.length - given.length % count);
    if (whole.length > 0) take(tool, whole);
  }
  return copies;
}

/** Every place for a tool in a range, the best first, whether taken or not. */
function* offsetCandidates(tool: string, range: Range): Generator<number> {
  const width = lastOffset - firstOffset + 1;
  const start = stableHash(tool) % width;
  const around = Array.from({ length: width }, (_, i) => firstOffset + (start + i) % width);
  yield* around.filter((offset) => !isSpare(offset));
  for (let offset = lastOffset + 1; offset < range.size; offset++) yield offset;
  yield* around.filter(isSpare);
}

function isSpare(offset: number): boolean {
  return specTools.some((tool) => offset >= tool.offset && offset <= tool.offset + sparePorts);
}

/** FNV-1a, 32 bits, over the UTF-8 bytes: it must never change. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}

/** Pinned ports in the place of those that they replace; those of further copies too. */
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
