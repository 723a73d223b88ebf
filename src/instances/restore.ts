import type { Context } from "../context.ts";
import { Instance } from "../instance.ts";
import { withKey, withoutKey } from "../json/dictionary.ts";
import { CmgrError } from "../errors.ts";
import { suggestion } from "../json/nearest.ts";
import { infoOf } from "../system/folders.ts";
import { isPresent, replaceFile } from "../system/write.ts";
import { type Paths, replacedOf, sandboxOf, trashPlacesOf } from "../paths.ts";
import { findAllocation } from "../ports/find_range.ts";
import { assign, portsOf } from "../ports/allocate.ts";
import { formatRange, overlaps, type Range } from "../ports/layout.ts";
import { findSameName, readInstances, writeInstances } from "../registry/instances.ts";
import { locked } from "../registry/lock.ts";
import { checkName } from "../registry/names.ts";
import { type PortRegistry, readPorts, writePorts } from "../registry/ports.ts";
import { keptOf, otherRanges, withoutAllocation } from "../registry/ranges.ts";
import { removeReplaced, writeReplaced } from "../registry/replaced.ts";
import type { PortRecord } from "../registry/schemas.ts";
import { defaultLayout } from "../settings/port_layout.ts";
import { pinsStillFree } from "../reconcile/pins.ts";
import { folderReplacer, readRenamed } from "./rename.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { unavailablePorts } from "../reconcile/choose_allocation.ts";
import {
  deleteEntry,
  moveFromTrash,
  readTrash,
  restorableOf,
  type Trash,
  type TrashEntry,
} from "./trash.ts";

/**
 * Restores the instance of that name which was removed last: folder, ports and config. It gets
 * another range only when its own was given away after the reservation had lapsed.
 *
 * @param name Its new name
 * @throws {CmgrError} `not-found`, `exists`, `no-ports`, `damaged`, `locked`, `failed`
 */
export async function restoreInstance(
  context: Context,
  removed: string,
  name: string = removed,
): Promise<Instance> {
  checkName(removed);
  checkName(name);
  const { paths } = context;
  return await locked(context, `restore ${removed}`, async () => {
    const before = await readInstances(paths);
    const ports = await readPorts(paths);
    const trash = await readTrash(paths);
    const found = await restorableOf(paths, trash, removed, name);
    if (found === undefined) throw notInTrash(paths, removed, trash);
    if (found.sandbox && !(await infoOf(found.sandbox))?.isDirectory) {
      const message = `${found.sandbox} is not a folder`;
      throw new CmgrError("damaged", message, "Move it to another place");
    }
    const replaceFolder = folderReplacer(sandboxOf(paths, removed), sandboxOf(paths, name));
    const entry = removed === name ? found : renamedEntry(found, name, replaceFolder);
    await refuseTaken(context, entry, findSameName(before, name));
    const { record } = entry;
    const config = removed === name
      ? undefined
      : await readRenamed(entry.sandbox ?? sandboxOf(paths, name), replaceFolder);
    const free = { ...ports, reserved: withoutKey(ports.reserved, entry.id) };
    const { registry, lostRange } = await givePorts(context, free, entry);
    const instances = { ...before, instances: withKey(before.instances, name, record.instance) };
    if (removed !== name) {
      // Doctor finds an interrupted restore by this mark.
      const mark = JSON.stringify({ ...found.record, restored_as: name }, undefined, 2);
      await replaceFile(trashPlacesOf(paths, found.id).record, `${mark}\n`);
    }
    // The file of an interrupted restore is newer.
    const isNewer = entry.sandbox === undefined && await isPresent(replacedOf(paths, name));
    if (record.replaced && !isNewer) await writeReplaced(paths, name, record.replaced);
    await moveFromTrash(paths, entry);
    await writePorts(paths, registry);
    // A file that a crash left belongs to another config.
    if (record.replaced === undefined) await removeReplaced(paths, name);
    const instance = new Instance(context, instances, name, registry);
    if (config !== undefined) await reconcile(context, instance, config);
    await writeInstances(paths, instances);
    await deleteEntry(paths, entry.id);
    if (lostRange !== undefined) {
      const range = formatRange(lostRange);
      context.notice(`Its range ${range} is no longer free; it has another one now`);
      if (removed === name) await reconcileIfSound(context, instance);
    }
    return instance.reloaded();
  });
}

/** A config that cannot be read stays as it is, and gets its ports at the next start. */
async function reconcileIfSound(context: Context, instance: Instance): Promise<void> {
  try {
    await reconcile(context, instance);
  } catch (error) {
    if (!(error instanceof CmgrError && error.code === "damaged")) throw error;
  }
}

/** An entry as if the instance had had another name. */
function renamedEntry(
  entry: TrashEntry,
  name: string,
  replaceFolder: <T>(value: T) => T,
): TrashEntry {
  const { record } = entry;
  const instance = replaceFolder({ ...record.instance, name });
  const replaced = record.replaced && { replaced: replaceFolder(record.replaced) };
  return { ...entry, record: { ...record, name, instance, ...replaced } };
}

/**
 * Deletes removed instances for good: those of this name, or all.
 *
 * @returns Names of the folders that were deleted
 * @throws {CmgrError} `not-found`, `damaged`, `locked`, `failed`
 */
export async function emptyTrash(context: Context, name?: string): Promise<string[]> {
  const { paths } = context;
  return await locked(context, "trash --empty", async () => {
    const trash = await readTrash(paths);
    const entries = trash.entries.filter(({ record }) =>
      name === undefined || record.name === name
    );
    if (name !== undefined && entries.length === 0) throw notInTrash(paths, name, trash);
    const ids = [...entries.map(({ id }) => id), ...(name === undefined ? trash.unreadable : [])];
    let ports = await readPorts(paths);
    for (const id of ids) {
      await deleteEntry(paths, id);
      ports = { ...ports, reserved: withoutKey(ports.reserved, id) };
    }
    if (ids.length > 0) await writePorts(paths, ports);
    return ids;
  });
}

/**
 * An interrupted command can be repeated: a half-done `remove` leaves a registered instance without
 * a sandbox, a half-done `restore` the other way round.
 */
async function refuseTaken(
  { paths }: Context,
  { record: { name }, sandbox }: TrashEntry,
  same: string | undefined,
): Promise<void> {
  const isFree = await isPresent(sandboxOf(paths, name))
    ? same === undefined && sandbox === undefined
    : same === undefined || same === name;
  if (isFree) return;
  throw same === undefined
    ? new CmgrError(
      "exists",
      `${sandboxOf(paths, name)} already exists and belongs to no instance`,
      "Move that folder away, or choose another name: cmgr restore NAME --as OTHER",
    )
    : new CmgrError(
      "exists",
      `An instance called "${same}" already exists`,
      "Choose another name: cmgr restore NAME --as OTHER",
    );
}

async function givePorts(
  context: Context,
  free: PortRegistry,
  { record, sandbox }: TrashEntry,
): Promise<{ registry: PortRegistry; lostRange: Range | undefined }> {
  const { name, base } = record;
  if (base === undefined) return { registry: withoutAllocation(free, name), lostRange: undefined };
  const unavailable = await unavailablePorts(context, free, name, sandbox);
  const ports = record.ports?.pins
    ? { ...record.ports, pins: pinsStillFree(free, name, record.ports.pins, unavailable) }
    : record.ports;
  const withPorts = (base: number, ports: PortRecord | undefined): PortRegistry => ({
    ...free,
    bases: withKey(free.bases, name, base),
    records: ports ? withKey(free.records, name, ports) : withoutKey(free.records, name),
  });
  const registry = withPorts(base, ports);
  const own = { base, size: ports?.size ?? defaultLayout.portRange };
  const { offsets, copies } = keptOf(registry, name);
  const used = portsOf({ range: own, offsets: assign(own, [], offsets), copies });
  const taken = otherRanges(free, name);
  if (
    !taken.some((other) => overlaps(other, own)) && !used.some((port) => unavailable.has(port))
  ) return { registry, lostRange: undefined };
  const { range } = await findAllocation({
    layout: context.settings.layout(),
    taken,
    wanted: [],
    kept: { offsets, copies },
    unavailable,
  });
  return { registry: withPorts(range.base, { ...ports, size: range.size }), lostRange: own };
}

function notInTrash(paths: Paths, name: string, { entries, unreadable }: Trash): CmgrError {
  const names = [...new Set(entries.map(({ record }) => record.name))];
  const records = unreadable.map((id) => trashPlacesOf(paths, id).record);
  const hints = [
    ...(names.length > 0 ? [`${suggestion(name, names)}It has: ${names.join(", ")}`] : []),
    ...(records.length > 0 ? [`these records cannot be read: ${records.join(", ")}`] : []),
  ];
  return new CmgrError(
    "not-found",
    `The trash has no instance called "${name}"`,
    hints.join("; ") || "It is empty",
  );
}
