import { recognise } from "../catalogue/recognise.ts";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import type { Paths } from "../paths.ts";
import type { Allocation } from "../ports/allocate.ts";
import { fitsLayout, overlaps } from "../ports/layout.ts";
import { namesOf } from "../registry/instances.ts";
import {
  keptOf,
  otherRanges,
  rangeOf,
  recordedRange,
  withAllocation,
  withoutAllocation,
} from "../registry/ranges.ts";
import { allocateNew, allocateWithin } from "./choose_allocation.ts";
import { refuseLostPorts } from "./lost_ports.ts";
import { wantedBy } from "./patches.ts";
import { changePins, type PinChange } from "./pins.ts";
import { applyAllocation, writePortsIfNew } from "./reconcile.ts";

export interface PortChange {
  /** Whether registry or config changed. */
  readonly changed: boolean;
  /** Whether the config has it: that of a running instance is updated at its next start. */
  readonly applied: boolean;
}

/**
 * - `ports`: gives it a range, or a new one when its own does not fit the settings or is shared.
 * - `reset-ports`: forgets everything, pins included, and allocates again.
 * - `no-ports`: frees the range and restores what the config said.
 * - A change of pins leaves the rest as it is.
 */
export type PortAction = "ports" | "reset-ports" | "no-ports" | PinChange;

/**
 * @returns What changed, and the instance as it is then
 * @throws {CmgrError} `not-found`, `no-ports`, `damaged`, `locked`, `failed`; for pins `usage` and
 * `conflict`
 */
export async function changePorts(
  context: Context,
  instance: Instance,
  action: PortAction,
): Promise<PortChange & { instance: Instance }> {
  const { paths } = context;
  const flag = typeof action === "string" ? action : "pin";
  const purpose = `mcp ${instance.name} --${flag}`;
  return await withInstanceLocked(context, instance, purpose, async (instance) => {
    await refuseLostPorts(paths, namesOf(instance.registry));
    const isRunning = await instance.isRunning();
    const allocation = action === "no-ports"
      ? undefined
      : await chooseAllocation(context, instance, action, isRunning);
    const changed = isRunning
      ? await changeRegistry(paths, instance, allocation)
      : await applyAllocation(context, instance, allocation);
    return { changed, applied: !isRunning, instance: instance.reloaded() };
  });
}

async function changeRegistry(
  paths: Paths,
  instance: Instance,
  allocation: Allocation | undefined,
): Promise<boolean> {
  const { name } = instance;
  const registry = await instance.ports();
  const next = allocation
    ? withAllocation(registry, name, allocation)
    : withoutAllocation(registry, name);
  return await writePortsIfNew(paths, registry, next);
}

async function chooseAllocation(
  context: Context,
  instance: Instance,
  action: Exclude<PortAction, "no-ports">,
  isRunning: boolean,
): Promise<Allocation> {
  const { name } = instance;
  const registry = await instance.ports();
  const entries = (await instance.config())?.entries ?? [];
  const rules = await context.rules();
  const wanted = wantedBy(entries, rules);
  const own = isRunning ? recordedRange(registry, name) : undefined;
  if (action === "reset-ports") {
    return await allocateNew(context, name, registry, wanted, { own });
  }
  const range = rangeOf(registry, name);
  if (action === "ports") {
    const isKept = range && fitsLayout(range, context.settings.layout()) &&
      !otherRanges(registry, name).some((other) => overlaps(range, other));
    if (isKept) return await allocateWithin(context, name, registry, range, wanted);
    const kept = keptOf(registry, name);
    return await allocateNew(context, name, registry, wanted, { kept, own });
  }
  if (range === undefined) {
    throw new CmgrError(
      "conflict",
      `"${name}" has no managed ports, so there is nothing to pin`,
      `Assign its ports first: cmgr mcp ${name} --ports`,
    );
  }
  const allocation = await allocateWithin(context, name, registry, range, wanted);
  const toolOf = new Map(recognise(entries, rules).map(({ key, tool }) => [key, tool]));
  const pins = changePins(registry, { instance: name, allocation, wanted, toolOf }, action);
  return { ...allocation, pins };
}
