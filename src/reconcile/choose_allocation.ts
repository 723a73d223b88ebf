/** Chooses range and ports for an instance, from what the registry says and the machine allows. */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { type Allocation, assign, reservations, type Wanted } from "../ports/allocate.ts";
import { findAllocation } from "../ports/find_range.ts";
import { fitsLayout, overlaps, type Range } from "../ports/layout.ts";
import { type Launch, recognise } from "../catalogue/recognise.ts";
import type { PortRegistry } from "../registry/ports.ts";
import { keptOffsets, otherRanges, pinsOf, rangeOf } from "../registry/ranges.ts";
import { wantedBy } from "./patches.ts";
import { changePins, type PinChange } from "./pins.ts";
import { takenPorts } from "./taken_ports.ts";

/**
 * Keeps the range where it fits the settings and nobody shares it, else finds another.
 *
 * @throws {CmgrError} `no-ports`, `damaged`
 */
export async function regenerate(
  context: Context,
  name: string,
  registry: PortRegistry,
  wanted: readonly Wanted[],
  running: boolean,
): Promise<Allocation> {
  const range = rangeOf(registry, name);
  const taken = otherRanges(registry, name);
  if (
    range && fitsLayout(range, context.settings.layout()) &&
    !taken.some((other) => overlaps(range, other))
  ) return allocateWithin(range, registry, name, wanted, await takenPorts(context, registry, name));
  const request = {
    layout: context.settings.layout(),
    taken,
    wanted,
    kept: keptOffsets(registry, name),
    pins: pinsOf(registry, name),
    pinnedElsewhere: await takenPorts(context, registry, name),
  };
  return await findAllocation(request, running ? range : undefined);
}

/**
 * Finds a range as if the instance had never had one.
 *
 * @throws {CmgrError} `no-ports`
 */
export async function allocateFresh(
  context: Context,
  name: string,
  registry: PortRegistry,
  wanted: readonly Wanted[],
  running: boolean,
): Promise<Allocation> {
  const request = {
    layout: context.settings.layout(),
    taken: otherRanges(registry, name),
    wanted,
    pinnedElsewhere: await takenPorts(context, registry, name),
  };
  return await findAllocation(request, running ? ownRange(registry, name) : undefined);
}

/**
 * The allocation within the range that an instance has: what it got stays, new tools are added.
 *
 * @param taken Ports that none of its tools may have
 * @throws {CmgrError} `no-ports`
 */
export function allocateWithin(
  range: Range,
  registry: PortRegistry,
  name: string,
  wanted: readonly Wanted[],
  taken: ReadonlySet<number>,
): Allocation {
  const pins = pinsOf(registry, name);
  const isReserved = reservations(pins, taken);
  return { range, offsets: assign(range, wanted, keptOffsets(registry, name), isReserved), pins };
}

/**
 * The allocation with other pins.
 *
 * @throws {CmgrError} `usage`, `conflict`, `no-ports`, `damaged`
 */
export async function withPins(
  context: Context,
  name: string,
  registry: PortRegistry,
  entries: readonly Launch[],
  change: PinChange,
): Promise<Allocation> {
  const range = rangeOf(registry, name);
  if (range === undefined) {
    throw new CmgrError(
      "conflict",
      `"${name}" is without port management, so there is nothing to pin`,
      `Give it its ports first: cmgr mcp ${name} --ports`,
    );
  }
  const rules = await context.rules();
  const wanted = wantedBy(entries, rules);
  const toolOf = new Map(recognise(entries, rules).map(({ key, tool }) => [key, tool]));
  const taken = await takenPorts(context, registry, name);
  const allocation = allocateWithin(range, registry, name, wanted, taken);
  const pins = changePins(registry, { instance: name, allocation, wanted, toolOf }, change);
  return { ...allocation, pins };
}

/** The range; `undefined` for a damaged one, which is about to be replaced. */
function ownRange(registry: PortRegistry, name: string): Range | undefined {
  try {
    return rangeOf(registry, name);
  } catch {
    return undefined;
  }
}
