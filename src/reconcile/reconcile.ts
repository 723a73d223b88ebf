/** Keeps a config and the port registry in agreement. */
import type { Context } from "../context.ts";
import type { Instance } from "../instance.ts";
import type { Paths } from "../paths.ts";
import type { Allocation } from "../ports/allocate.ts";
import { type PortRegistry, writePorts } from "../registry/ports.ts";
import { rangeOf, withAllocation, withoutAllocation } from "../registry/ranges.ts";
import { removeReplaced, writeReplaced } from "../registry/replaced.ts";
import { ensureCopyScript } from "../sandbox/copy_script.ts";
import { type Edited, removePatches } from "../config/config_edit.ts";
import { isConfig, replaceConfig } from "../config/config_file.ts";
import type { ParsedConfig } from "../config/config_text.ts";
import { allocateWithin } from "./choose_allocation.ts";
import { refuseLostPorts } from "./lost_ports.ts";
import { editPorts, wantedBy } from "./patches.ts";

/** A config that is about to be written. */
interface NextConfig {
  /** Before ports are put in. */
  readonly config: ParsedConfig | undefined;
  /** The text on disk. */
  readonly before: string | undefined;
}

/**
 * Makes the config of a stopped instance say what the registry says: new servers get ports, ports
 * that were edited are restored. Call it under the lock, with an instance that was loaded under it.
 *
 * @param next Takes the place of the config on disk
 * @returns `undefined` for an instance without ports
 * @throws {CmgrError} `no-ports`, `damaged`, `failed`
 */
export async function reconcile(
  context: Context,
  instance: Instance,
  next?: NextConfig,
): Promise<Allocation | undefined> {
  next ??= await configOnDisk(instance);
  const allocation = await plannedAllocation(context, instance, next.config);
  await applyAllocation(context, instance, allocation, next);
  return allocation;
}

/**
 * Gives a stopped instance these ports, or none, in the registry and in its config.
 *
 * @param next Takes the place of the config on disk
 * @returns Whether anything on disk changed
 */
export async function applyAllocation(
  context: Context,
  instance: Instance,
  allocation: Allocation | undefined,
  next?: NextConfig,
): Promise<boolean> {
  next ??= await configOnDisk(instance);
  return allocation
    ? await applyPorts(context, instance, next, allocation)
    : await removePorts(context, instance, next);
}

async function configOnDisk(instance: Instance): Promise<NextConfig> {
  const config = await instance.config();
  return { config, before: config?.text };
}

/** @throws {CmgrError} `no-ports`, `damaged` */
export async function plannedAllocation(
  context: Context,
  instance: Instance,
  config: ParsedConfig | undefined,
): Promise<Allocation | undefined> {
  const { name } = instance;
  await refuseLostPorts(context.paths, [name]);
  const registry = await instance.ports();
  const range = rangeOf(registry, name);
  if (range === undefined) return undefined;
  const wanted = wantedBy(config?.entries ?? [], await context.rules());
  return await allocateWithin(context, name, registry, range, wanted);
}

/** @throws {CmgrError} `no-ports`, `damaged` */
export async function isOutdated(context: Context, instance: Instance): Promise<boolean> {
  const config = await instance.config();
  if (config === undefined) return false;
  const allocation = await plannedAllocation(context, instance, config);
  const expected = allocation === undefined
    ? removePatches(config, await instance.replaced())
    : (await withPorts(context, instance, config, allocation)).text;
  return config.text !== expected;
}

async function withPorts(
  context: Context,
  instance: Instance,
  config: ParsedConfig,
  allocation: Allocation,
): Promise<Edited> {
  const { name, sandbox } = instance;
  const rules = await context.rules();
  const patched = { instance: name, sandbox, allocation, rules };
  return editPorts(config, patched, await instance.replaced());
}

async function applyPorts(
  context: Context,
  instance: Instance,
  { config, before }: NextConfig,
  allocation: Allocation,
): Promise<boolean> {
  const { paths } = context;
  const { name } = instance;
  const registry = await instance.ports();
  const nextRegistry = withAllocation(registry, name, allocation);
  if (config === undefined) return await writePortsIfNew(paths, registry, nextRegistry);
  const known = await instance.replaced();
  const { text, memory, hasCopies } = await withPorts(context, instance, config, allocation);
  if (hasCopies) await ensureCopyScript(instance.sandbox);
  const undo: (() => Promise<void>)[] = [];
  try {
    // The config last: what is remembered must be there before the config loses it.
    if (!isSame(known, memory)) {
      await writeReplaced(paths, name, memory);
      undo.unshift(() => known ? writeReplaced(paths, name, known) : removeReplaced(paths, name));
    }
    if (await writePortsIfNew(paths, registry, nextRegistry)) {
      undo.unshift(() => writePorts(paths, registry));
    }
    if (text !== before) await replaceConfig(paths, name, before, text);
    return undo.length > 0 || text !== before;
  } catch (error) {
    // What is remembered of a config that is gone must not be restored into another one.
    if (undo.length > 0 && await isConfig(paths, name, before)) {
      for (const step of undo) await step().catch(() => {});
    }
    throw error;
  }
}

async function removePorts(
  { paths }: Context,
  instance: Instance,
  { config, before }: NextConfig,
): Promise<boolean> {
  const { name } = instance;
  const registry = await instance.ports();
  const known = await instance.replaced();
  const text = config && removePatches(config, known);
  const isEdited = text !== undefined && text !== before;
  let isNew: boolean;
  try {
    // The config first: what is remembered must stay until it is restored.
    if (isEdited) await replaceConfig(paths, name, before, text);
    isNew = await writePortsIfNew(paths, registry, withoutAllocation(registry, name));
  } catch (error) {
    // A config without ports and a registry with them would differ.
    if (isEdited && before !== undefined && await isConfig(paths, name, text)) {
      await replaceConfig(paths, name, text, before).catch(() => {});
    }
    throw error;
  }
  if (known !== undefined) await removeReplaced(paths, name);
  return isEdited || isNew || known !== undefined;
}

/** @returns Whether the registry changed */
export async function writePortsIfNew(
  paths: Paths,
  before: PortRegistry,
  after: PortRegistry,
): Promise<boolean> {
  const isNew = !isSame(before, after);
  // What version 0.1 kept in it is moved at the first opportunity.
  if (isNew || before.oldReplaced !== undefined) await writePorts(paths, after);
  return isNew;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
