/** Range and ports for an instance, from what the registry says and the machine allows. */
import { extensionPorts } from "../catalogue/extension_ports.ts";
import { type Launch, recognise } from "../catalogue/recognise.ts";
import { readExtensions } from "../config/extensions.ts";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { allocateIn, type Allocation, type Kept, type Wanted } from "../ports/allocate.ts";
import { findAllocation } from "../ports/find_range.ts";
import { fitsLayout, overlaps, type Range } from "../ports/layout.ts";
import type { PortRegistry } from "../registry/ports.ts";
import { keptOf, otherPins, otherRanges, rangeOf } from "../registry/ranges.ts";
import { wantedBy } from "./patches.ts";
import { changePins, type PinChange } from "./pins.ts";

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
  isRunning: boolean,
): Promise<Allocation> {
  const range = rangeOf(registry, name);
  if (
    range && fitsLayout(range, context.settings.layout()) &&
    !otherRanges(registry, name).some((other) => overlaps(range, other))
  ) return await allocateWithin(context, name, registry, range, wanted);
  const own = isRunning ? range : undefined;
  return await findOther(context, name, registry, wanted, own, keptOf(registry, name));
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
  isRunning = false,
): Promise<Allocation> {
  const own = isRunning ? ownRange(registry, name) : undefined;
  return await findOther(context, name, registry, wanted, own);
}

async function findOther(
  context: Context,
  name: string,
  registry: PortRegistry,
  wanted: readonly Wanted[],
  own: Range | undefined,
  kept?: Kept,
): Promise<Allocation> {
  const taken = otherRanges(registry, name);
  const unavailable = await unavailablePorts(context, registry, name);
  const layout = context.settings.layout();
  return await findAllocation({ layout, taken, wanted, kept, unavailable }, own);
}

/**
 * The allocation within the instance's own range: what it has stays, new tools are added.
 *
 * @throws {CmgrError} `no-ports`
 */
export async function allocateWithin(
  context: Context,
  name: string,
  registry: PortRegistry,
  range: Range,
  wanted: readonly Wanted[],
): Promise<Allocation> {
  const unavailable = await unavailablePorts(context, registry, name);
  return allocateIn(range, wanted, keptOf(registry, name), unavailable);
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
  const allocation = await allocateWithin(context, name, registry, range, wanted);
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

/**
 * Ports that no tool of an instance may have: those that other instances have pinned, and those of
 * the desktop extensions of all instances.
 *
 * @param sandbox The folder of this instance, when it is in the trash
 */
export async function unavailablePorts(
  context: Context,
  registry: PortRegistry,
  name: string,
  sandbox?: string,
): Promise<Set<number>> {
  const ports = otherPins(registry, name);
  for (const instance of new Set([name, ...Object.keys(registry.bases)])) {
    const folder = instance === name ? sandbox : undefined;
    const { enabled } = await readExtensions(context.paths, instance, folder);
    if (enabled.length === 0) continue;
    const rules = await context.rules();
    for (const port of enabled.flatMap((one) => extensionPorts(one, rules))) ports.add(port);
  }
  return ports;
}
