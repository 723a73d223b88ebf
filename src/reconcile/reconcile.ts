/**
 * Giving an instance its ports, taking them off, and making its config say what the registry
 * says.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { sandboxOf } from "../paths.ts";
import type { Allocation } from "../ports/allocate.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { withLock } from "../registry/lock.ts";
import { requireInstance } from "../registry/names.ts";
import { type PortRegistry, readPorts, writePorts } from "../registry/ports.ts";
import { rangeOf, withAllocation, withoutAllocation } from "../registry/ranges.ts";
import { readReplaced, removeReplaced, writeReplaced } from "../registry/replaced.ts";
import { dictionary } from "../json/dictionary.ts";
import { allSettled } from "../system/all_settled.ts";
import { allocateFresh, allocateWithin, regenerate, withPins } from "./choose_allocation.ts";
import { applyPatches, removePatches } from "../config/config_edit.ts";
import { isConfig, readConfig, replaceConfig } from "../config/config_file.ts";
import type { ParsedConfig } from "../config/config_text.ts";
import { refuseLostPorts } from "./lost_ports.ts";
import { patchesFor, wantedBy } from "./patches.ts";
import type { PinChange } from "./pins.ts";

/** What a change of ports did. */
export interface PortChange {
  /** Whether registry or config are other than before. */
  readonly changed: boolean;
  /** Whether the config says it already; while the instance runs, the next start sees to it. */
  readonly applied: boolean;
}

/** How an instance shall stand with its ports; a change of pins leaves the rest as it is. */
export type PortAction = "ports" | "reset-ports" | "no-ports" | PinChange;

/**
 * Changes how an instance stands with its ports.
 *
 * `ports` gives it a range, or a new one when its own does not fit the settings or is shared;
 * `reset-ports` forgets everything, pins included, and allocates afresh; `no-ports` frees the
 * range and puts back what the config said.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`, and net permission to probe.
 *
 * @param context Where and how
 * @param name Its name
 * @param action What to do
 * @param isRunning Whether the instance runs; asked under the lock
 * @throws {CmgrError} `not-found`, `no-ports`, `damaged`, `locked`, `failed`; for pins `usage` and
 * `conflict`
 */
export async function changePorts(
  context: Context,
  name: string,
  action: PortAction,
  isRunning: () => Promise<boolean>,
): Promise<PortChange> {
  const flag = typeof action === "string" ? action : "pin";
  const options = { purpose: `mcp ${name} --${flag}`, onWait: context.notice };
  return await withLock(context.paths, options, async () => {
    const asked = isRunning();
    const [{ registry, config }, running] = await allSettled(readFiles(context, name), asked);
    if (action === "no-ports") return await removePorts(context, name, registry, config, running);
    const entries = config?.entries ?? [];
    const wanted = wantedBy(entries, await context.rules());
    const allocation = action === "reset-ports"
      ? await allocateFresh(context, name, registry, wanted, running)
      : action === "ports"
      ? await regenerate(context, name, registry, wanted, running)
      : await withPins(context, name, registry, entries, action);
    return await applyPorts(context, name, registry, config, allocation, running);
  });
}

async function readFiles({ paths }: Context, name: string) {
  const instances = await readInstances(paths);
  requireInstance(instances, name);
  await refuseLostPorts(paths, namesOf(instances));
  return { registry: await readPorts(paths), config: await readConfig(paths, name) };
}

/** A config that takes the place of the one on disk. */
export interface NextConfig {
  /** What it shall say, before ports are put in. */
  readonly config: ParsedConfig;
  /** Text of the one on disk, if there is one. */
  readonly before: string | undefined;
}

/**
 * Makes the config of a stopped instance say what the registry says: new servers get ports, what
 * was edited away comes back. Call it under the lock.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param context Where and how
 * @param name Its name
 * @param next Takes the place of the config on disk; that is only reconciled when not given
 * @returns The allocation in force, or `undefined` for an instance without ports
 * @throws {CmgrError} `no-ports`, `damaged`, `failed`
 */
export async function reconcile(
  context: Context,
  name: string,
  next?: NextConfig,
): Promise<Allocation | undefined> {
  await refuseLostPorts(context.paths, [name]);
  const registry = await readPorts(context.paths);
  const config = next ? next.config : await readConfig(context.paths, name);
  const before = next ? next.before : config?.text;
  const range = rangeOf(registry, name);
  if (range === undefined) {
    await removePorts(context, name, registry, config, false, before);
    return undefined;
  }
  const wanted = wantedBy(config?.entries ?? [], await context.rules());
  const allocation = allocateWithin(range, registry, name, wanted);
  await applyPorts(context, name, registry, config, allocation, false, before);
  return allocation;
}

/**
 * The allocation that {@linkcode reconcile} would put in force; nothing is changed.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param context Where and how
 * @param name Name of the instance
 * @throws {CmgrError} `no-ports`, `damaged`
 */
export async function plannedAllocation(
  context: Context,
  name: string,
): Promise<Allocation | undefined> {
  await refuseLostPorts(context.paths, [name]);
  const registry = await readPorts(context.paths);
  const range = rangeOf(registry, name);
  if (range === undefined) return undefined;
  const config = await readConfig(context.paths, name);
  return allocateWithin(
    range,
    registry,
    name,
    wantedBy(config?.entries ?? [], await context.rules()),
  );
}

/**
 * What the config of an instance would say after {@linkcode reconcile}, and what it says.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param context Where and how
 * @param name Its name
 * @throws {CmgrError} `no-ports`, `damaged`
 */
export async function expectedConfig(
  context: Context,
  name: string,
): Promise<{ now: string | undefined; expected: string | undefined }> {
  const registry = await readPorts(context.paths);
  const config = await readConfig(context.paths, name);
  const range = rangeOf(registry, name);
  if (config === undefined) return { now: undefined, expected: undefined };
  const known = await readReplaced(context.paths, name, registry) ?? dictionary();
  if (range === undefined) return { now: config.text, expected: removePatches(config, known) };
  const rules = await context.rules();
  const allocation = allocateWithin(range, registry, name, wantedBy(config.entries, rules));
  const sandbox = sandboxOf(context.paths, name);
  const patches = patchesFor(config.entries, { instance: name, sandbox, allocation, rules });
  return { now: config.text, expected: applyPatches(config, patches, known).text };
}

async function applyPorts(
  context: Context,
  name: string,
  registry: PortRegistry,
  config: ParsedConfig | undefined,
  allocation: Allocation,
  running: boolean,
  before: string | undefined = config?.text,
): Promise<PortChange> {
  const { paths } = context;
  if (running || config === undefined) {
    const next = withAllocation(registry, name, allocation);
    return { changed: await writeIfNew(context, registry, next), applied: !running };
  }
  const patches = patchesFor(config.entries, {
    instance: name,
    sandbox: sandboxOf(paths, name),
    allocation,
    rules: await context.rules(),
  });
  const known = await readReplaced(paths, name, registry);
  const edited = applyPatches(config, patches, known ?? dictionary());
  const putBack: (() => Promise<void>)[] = [];
  let changed = false;
  try {
    // The config last: what is remembered must be there before it is gone from the config.
    if (!isSame(known, edited.memory)) {
      putBack.unshift(() =>
        known ? writeReplaced(paths, name, known) : removeReplaced(paths, name)
      );
      await writeReplaced(paths, name, edited.memory);
      changed = true;
    }
    putBack.unshift(() => writePorts(paths, registry));
    if (await writeIfNew(context, registry, withAllocation(registry, name, allocation))) {
      changed = true;
    }
    if (edited.text === before) return { changed, applied: true };
    await replaceConfig(paths, name, before, edited.text);
  } catch (error) {
    // What is remembered of a config that is not there would be put back into another one.
    if (changed && await isConfig(paths, name, before)) {
      for (const step of putBack) await step().catch(() => {});
    }
    throw error;
  }
  return { changed: true, applied: true };
}

async function removePorts(
  context: Context,
  name: string,
  registry: PortRegistry,
  config: ParsedConfig | undefined,
  running: boolean,
  before: string | undefined = config?.text,
): Promise<PortChange> {
  const { paths } = context;
  const next = withoutAllocation(registry, name);
  if (running) return { changed: await writeIfNew(context, registry, next), applied: false };
  const known = await readReplaced(paths, name, registry);
  const text = config && removePatches(config, known ?? dictionary());
  const isEdited = text !== undefined && text !== before;
  let isNew: boolean;
  try {
    // The config first: what is remembered must stay until it is back in its place.
    if (isEdited) await replaceConfig(paths, name, before, text);
    isNew = await writeIfNew(context, registry, next);
  } catch (error) {
    // A config without ports and a registry with them would not agree.
    if (isEdited && before !== undefined && await isConfig(paths, name, text)) {
      await replaceConfig(paths, name, text, before).catch(() => {});
    }
    throw error;
  }
  if (known !== undefined) await removeReplaced(paths, name);
  return { changed: isEdited || isNew || known !== undefined, applied: true };
}

/** Says whether the registry is another one now. */
async function writeIfNew(
  { paths }: Context,
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
