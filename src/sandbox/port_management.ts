/**
 * Giving an instance its ports, taking them off, and making its config say what the registry
 * says.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { type Allocation, assign, type Wanted } from "../ports/allocate.ts";
import { findAllocation } from "../ports/find.ts";
import { fitsLayout, overlaps, type Range } from "../ports/layout.ts";
import { readInstances } from "../registry/instances.ts";
import { withLock } from "../registry/lock.ts";
import { requireInstance } from "../registry/names.ts";
import { type PortRegistry, readPorts, writePorts } from "../registry/ports.ts";
import type { ConfigMemory } from "../registry/schemas.ts";
import {
  keptOffsets,
  otherRanges,
  rangeOf,
  recordOf,
  withAllocation,
  withoutAllocation,
} from "../registry/ranges.ts";
import { dictionary } from "../dictionary.ts";
import { applyPatches, removePatches } from "./config_edit.ts";
import { readConfig, replaceConfig } from "./config_file.ts";
import type { ParsedConfig } from "./config_text.ts";
import { patchesFor, wantedBy } from "./patches.ts";

/** What a change of ports did. */
export interface PortChange {
  /** Whether registry or config are other than before. */
  readonly changed: boolean;
  /** Whether the config says it already; while the instance runs, the next start sees to it. */
  readonly applied: boolean;
}

/** How an instance shall stand with its ports. */
export type PortAction = "ports" | "reset-ports" | "no-ports";

/**
 * Changes how an instance stands with its ports.
 *
 * `ports` gives it a range, or a new one when its own does not fit the settings or is shared;
 * `reset-ports` forgets everything and allocates afresh; `no-ports` frees the range and puts back
 * what the config said.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`, and net permission to probe.
 *
 * @param context Where and how
 * @param name Its name
 * @param action What to do
 * @param isRunning Whether the instance runs; asked under the lock
 * @throws {CmgrError} `not-found`, `no-ports`, `damaged`, `locked`, `failed`
 */
export async function changePorts(
  context: Context,
  name: string,
  action: PortAction,
  isRunning: () => Promise<boolean>,
): Promise<PortChange> {
  const options = { purpose: `mcp ${name} --${action}`, onWait: context.notice };
  return await withLock(context.paths, options, async () => {
    requireInstance(await readInstances(context.paths), name);
    const registry = await readPorts(context.paths);
    const running = await isRunning();
    const config = await readConfig(context.paths, name);
    if (action === "no-ports") return await takeOff(context, name, registry, config, running);
    const wanted = wantedBy(config?.entries ?? []);
    const allocation = action === "reset-ports"
      ? await afresh(context, name, registry, wanted, running)
      : await regenerate(context, name, registry, wanted, running);
    return await putOn(context, name, registry, config, allocation, running);
  });
}

/**
 * Makes the config of a stopped instance say what the registry says: new servers get ports, what
 * was edited away comes back. Call it under the lock.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param context Where and how
 * @param name Its name
 * @returns The allocation in force, or `undefined` for an instance without ports
 * @throws {CmgrError} `no-ports`, `damaged`, `failed`
 */
export async function reconcile(
  context: Context,
  name: string,
): Promise<Allocation | undefined> {
  const registry = await readPorts(context.paths);
  const config = await readConfig(context.paths, name);
  const range = rangeOf(registry, name);
  if (range === undefined) {
    await takeOff(context, name, registry, config, false);
    return undefined;
  }
  const wanted = wantedBy(config?.entries ?? []);
  const allocation = { range, offsets: assign(range, wanted, keptOffsets(registry, name)) };
  await putOn(context, name, registry, config, allocation, false);
  return allocation;
}

async function regenerate(
  context: Context,
  name: string,
  registry: PortRegistry,
  wanted: readonly Wanted[],
  running: boolean,
): Promise<Allocation> {
  const range = rangeOf(registry, name);
  const kept = keptOffsets(registry, name);
  const taken = otherRanges(registry, name);
  if (
    range && fitsLayout(range, context.settings.layout) &&
    !taken.some((other) => overlaps(range, other))
  ) return { range, offsets: assign(range, wanted, kept) };
  const request = { layout: context.settings.layout, taken, wanted, kept };
  return await findAllocation(request, running ? range : undefined);
}

async function afresh(
  context: Context,
  name: string,
  registry: PortRegistry,
  wanted: readonly Wanted[],
  running: boolean,
): Promise<Allocation> {
  const request = {
    layout: context.settings.layout,
    taken: otherRanges(registry, name),
    wanted,
  };
  return await findAllocation(request, running ? ownRange(registry, name) : undefined);
}

/** The range as far as it can be known: a damaged one is about to be replaced. */
function ownRange(registry: PortRegistry, name: string): Range | undefined {
  try {
    return rangeOf(registry, name);
  } catch {
    return undefined;
  }
}

async function putOn(
  context: Context,
  name: string,
  registry: PortRegistry,
  config: ParsedConfig | undefined,
  allocation: Allocation,
  running: boolean,
): Promise<PortChange> {
  const known = memoryOf(registry, name);
  if (running || config === undefined) {
    const next = withAllocation(registry, name, allocation, known);
    return { changed: await writeIfNew(context, registry, next), applied: !running };
  }
  const edited = applyPatches(config, patchesFor(name, config.entries, allocation), known);
  const next = withAllocation(registry, name, allocation, edited.memory);
  // The registry first: what it remembers must be there before the config loses it.
  const isNew = await writeIfNew(context, registry, next);
  if (edited.text === config.text) return { changed: isNew, applied: true };
  await replaceConfig(context.paths, name, config.text, edited.text);
  return { changed: true, applied: true };
}

async function takeOff(
  context: Context,
  name: string,
  registry: PortRegistry,
  config: ParsedConfig | undefined,
  running: boolean,
): Promise<PortChange> {
  const known = memoryOf(registry, name);
  if (running) {
    const next = withoutAllocation(registry, name, known);
    return { changed: await writeIfNew(context, registry, next), applied: false };
  }
  const text = config && removePatches(config, known);
  const isEdited = config !== undefined && text !== undefined && text !== config.text;
  // The config first: what is remembered must stay until it is back in its place.
  if (isEdited) await replaceConfig(context.paths, name, config.text, text);
  const isNew = await writeIfNew(context, registry, withoutAllocation(registry, name));
  return { changed: isEdited || isNew, applied: true };
}

function memoryOf(registry: PortRegistry, name: string): ConfigMemory {
  return recordOf(registry, name)?.replaced ?? dictionary();
}

async function writeIfNew(
  context: Context,
  before: PortRegistry,
  after: PortRegistry,
): Promise<boolean> {
  if (JSON.stringify(before) === JSON.stringify(after)) return false;
  await writePorts(context.paths, after);
  return true;
}
