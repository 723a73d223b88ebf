/** Range and ports for an instance, from what the registry says and the machine allows. */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import {
  type Allocation,
  assign,
  assignCopies,
  type Request,
  reservations,
  type Wanted,
} from "../ports/allocate.ts";
import { findAllocation } from "../ports/find_range.ts";
import { fitsLayout, overlaps, type Range } from "../ports/layout.ts";
import { type Launch, recognise } from "../catalogue/recognise.ts";
import type { PortRegistry } from "../registry/ports.ts";
import { keptCopies, keptOffsets, otherRanges, pinsOf, rangeOf } from "../registry/ranges.ts";
import { wantedBy } from "./patches.ts";
import { changePins, type PinChange } from "./pins.ts";
import { takenPorts } from "./taken_ports.ts";

/**
 * Keeps the range if it fits the settings and no other instance shares it, else finds another.
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
  if (
    range && fitsLayout(range, context.settings.layout()) &&
    !otherRanges(registry, name).some((other) => overlaps(range, other))
  ) return allocateWithin(range, registry, name, wanted, await takenPorts(context, registry, name));
  const kept = {
    kept: keptOffsets(registry, name),
    keptCopies: keptCopies(registry, name),
    pins: pinsOf(registry, name),
  };
  return await findOther(context, name, registry, wanted, running ? range : undefined, kept);
}

/**
 * Finds a range as if the instance had never had one.
 *
 * @throws {CmgrError} `no-ports`
 */
export async function allocateNew(
  context: Context,
  name: string,
  registry: PortRegistry,
  wanted: readonly Wanted[],
  running = false,
): Promise<Allocation> {
  const own = running ? ownRange(registry, name) : undefined;
  return await findOther(context, name, registry, wanted, own);
}

async function findOther(
  context: Context,
  name: string,
  registry: PortRegistry,
  wanted: readonly Wanted[],
  own: Range | undefined,
  kept: Pick<Request, "kept" | "keptCopies" | "pins"> = {},
): Promise<Allocation> {
  const taken = otherRanges(registry, name);
  const pinnedElsewhere = await takenPorts(context, registry, name);
  const layout = context.settings.layout();
  return await findAllocation({ layout, taken, wanted, pinnedElsewhere, ...kept }, own);
}

/**
 * The allocation within the instance's own range: what it has stays, new tools are added.
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
  const offsets = assign(range, wanted, keptOffsets(registry, name), isReserved);
  const kept = keptCopies(registry, name);
  return {
    range,
    offsets,
    copies: assignCopies({ range, wanted, offsets, kept, isReserved }),
    pins,
  };
}

/** @throws {CmgrError} `usage`, `conflict`, `no-ports`, `damaged` */
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
      `"${name}" has no managed ports, so there is nothing to pin`,
      `Assign its ports first: cmgr mcp ${name} --ports`,
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

/** `undefined` for a damaged range, which is about to be replaced. */
function ownRange(registry: PortRegistry, name: string): Range | undefined {
  try {
    return rangeOf(registry, name);
  } catch {
    return undefined;
  }
}
