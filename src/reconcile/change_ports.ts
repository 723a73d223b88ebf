import type { Context } from "../context.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import type { Allocation } from "../ports/allocate.ts";
import { namesOf } from "../registry/instances.ts";
import { withAllocation, withoutAllocation } from "../registry/ranges.ts";
import { allocateNew, regenerate, withPins } from "./choose_allocation.ts";
import { refuseLostPorts } from "./lost_ports.ts";
import { wantedBy } from "./patches.ts";
import type { PinChange } from "./pins.ts";
import { applyPorts, configAsItIs, removePorts, writePortsIfNew } from "./reconcile.ts";

export interface PortChange {
  /** Whether registry or config changed. */
  readonly changed: boolean;
  /**
   * Whether the config has it already; the config of a running instance follows at its next start.
   */
  readonly applied: boolean;
}

/**
 * - `ports`: give it a range, or a new one when its own does not fit the settings or is shared.
 * - `reset-ports`: forget everything, pins included, and allocate again.
 * - `no-ports`: free the range and restore what the config said.
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
    const { name } = instance;
    await refuseLostPorts(paths, namesOf(instance.registry));
    const isRunning = await instance.isRunning();
    const allocation = action === "no-ports"
      ? undefined
      : await chooseAllocation(context, instance, action, isRunning);
    const result = (changed: boolean) => ({
      changed,
      applied: !isRunning,
      instance: instance.reloaded(),
    });
    if (isRunning) {
      const registry = await instance.ports();
      const next = allocation
        ? withAllocation(registry, name, allocation)
        : withoutAllocation(registry, name);
      return result(await writePortsIfNew(paths, registry, next));
    }
    const config = await configAsItIs(instance);
    return result(
      allocation
        ? await applyPorts(context, instance, config, allocation)
        : await removePorts(context, instance, config),
    );
  });
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
  const wanted = wantedBy(entries, await context.rules());
  switch (action) {
    case "ports":
      return await regenerate(context, name, registry, wanted, isRunning);
    case "reset-ports":
      return await allocateNew(context, name, registry, wanted, isRunning);
    default:
      return await withPins(context, name, registry, entries, action);
  }
}
