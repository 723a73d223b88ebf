import { extensionPorts } from "../catalogue/extension_ports.ts";
import { readExtensions } from "../config/extensions.ts";
import type { Context } from "../context.ts";
import { allocateIn, type Allocation, type Kept, type Wanted } from "../ports/allocate.ts";
import { findAllocation } from "../ports/find_range.ts";
import type { Range } from "../ports/layout.ts";
import type { PortRegistry } from "../registry/ports.ts";
import { keptOf, otherPins, otherRanges } from "../registry/ranges.ts";

/**
 * @param own The range of an instance that runs: its listeners are the instance's own
 * @throws {CmgrError} `no-ports`
 */
export async function allocateNew(
  context: Context,
  name: string,
  registry: PortRegistry,
  wanted: readonly Wanted[],
  { kept, own }: { readonly kept?: Kept; readonly own?: Range } = {},
): Promise<Allocation> {
  const taken = otherRanges(registry, name);
  const unavailable = await unavailablePorts(context, registry, name);
  const layout = context.settings.layout();
  return await findAllocation({ layout, taken, wanted, kept, unavailable }, own);
}

/** @throws {CmgrError} `no-ports`, when the range has no place for a new tool */
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
