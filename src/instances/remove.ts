/**
 * Removing an instance: into the trash, or for good.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { backupsOf, logsOf, removingOf, sandboxOf, writtenOf } from "../paths.ts";
import { type InstanceRegistry, readInstances, writeInstances } from "../registry/instances.ts";
import { withLock } from "../registry/lock.ts";
import { requireInstance } from "../registry/names.ts";
import { type PortRegistry, readPorts, writePorts } from "../registry/ports.ts";
import { recordOf, withoutAllocation } from "../registry/ranges.ts";
import type { Reservation, TrashRecord } from "../registry/schemas.ts";
import { removeRunRecord } from "../processes/run_record.ts";
import { dictionary, withKey, withoutKey } from "../json/dictionary.ts";
import { isPresent, removeIfPresent } from "../system/write.ts";
import { deleteFolder, move } from "../system/folders.ts";
import { defaultLayout } from "../settings/settings.ts";
import { after } from "../json/monotonic_time.ts";
import {
  deleteEntry,
  moveFromTrash,
  moveToTrash,
  readTrash,
  reservedMs,
  type TrashEntry,
  unfinishedOf,
} from "./trash.ts";

/**
 * Removes an instance: its sandbox, backups and entries go to the trash, its range stays reserved
 * for it for 7 days.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param context Where and how
 * @param name Its name
 * @param refuseRunning Throws when it runs; asked under the lock
 * @returns The entry of the trash
 * @throws {CmgrError} `not-found`, `running`, `damaged`, `locked`, `failed`
 */
export async function removeInstance(
  context: Context,
  name: string,
  refuseRunning: () => Promise<void>,
): Promise<TrashEntry> {
  const { paths } = context;
  return await locked(context, name, refuseRunning, async (instances, ports) => {
    const now = new Date();
    const trash = await readTrash(paths);
    const base = Object.hasOwn(ports.bases, name) ? ports.bases[name] : undefined;
    const known = recordOf(ports, name);
    const record: TrashRecord = {
      name,
      removed: after(trash.entries.map(({ record }) => record.removed), now).toISOString(),
      instance: instances.instances[name],
      ...(base === undefined ? {} : { base }),
      ...(known === undefined ? {} : { ports: known }),
    };
    const begun = unfinishedOf(trash, record);
    const hasSandbox = await isPresent(sandboxOf(paths, name));
    const id = begun && !hasSandbox ? begun.id : idFor(record, trash.entries);
    const until = new Date(now.getTime() + reservedMs).toISOString();
    const size = known?.size ?? defaultLayout.portRange;
    const reserved = base === undefined ? undefined : { base, size, until };
    try {
      await moveToTrash(paths, id, record);
      await writePorts(paths, withReservation(withoutAllocation(ports, name), id, reserved, now));
      // Last: as long as the instance is registered, the command can be repeated.
      await unregister(context, instances, name);
    } catch (error) {
      const entry = (await readTrash(paths)).entries.find((other) => other.id === id);
      if (entry) {
        await moveFromTrash(paths, entry).then(() => deleteEntry(paths, id)).catch(() => {});
      }
      await writePorts(paths, ports).catch(() => {});
      throw error;
    }
    await removeRunRecord(paths, name);
    return (await readTrash(paths)).entries.find((entry) => entry.id === id)!;
  });
}

/**
 * Deletes an instance at once: sandbox, backups, log, entries and range.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param context Where and how
 * @param name Its name
 * @param refuseRunning Throws when it runs; asked under the lock
 * @throws {CmgrError} `not-found`, `running`, `damaged`, `locked`, `failed`
 */
export async function purgeInstance(
  context: Context,
  name: string,
  refuseRunning: () => Promise<void>,
): Promise<void> {
  const { paths } = context;
  const removing = removingOf(paths, name);
  await locked(context, name, refuseRunning, async (instances, ports) => {
    await deleteFolder(removing);
    const hasSandbox = await isPresent(sandboxOf(paths, name));
    if (hasSandbox) await move(sandboxOf(paths, name), removing);
    try {
      await writePorts(paths, withoutAllocation(ports, name));
      await unregister(context, instances, name);
    } catch (error) {
      if (hasSandbox) await move(removing, sandboxOf(paths, name)).catch(() => {});
      await writePorts(paths, ports).catch(() => {});
      throw error;
    }
    await removeRunRecord(paths, name);
    for (const log of logsOf(paths, name)) await removeIfPresent(log);
    await removeIfPresent(writtenOf(paths, name));
    await deleteFolder(backupsOf(paths, name));
  });
  // It bears no name any more, so nobody has to wait for it to go.
  await deleteFolder(removing);
}

async function locked<T>(
  context: Context,
  name: string,
  refuseRunning: () => Promise<void>,
  work: (instances: InstanceRegistry, ports: PortRegistry) => Promise<T>,
): Promise<T> {
  const { paths } = context;
  return await withLock(paths, { purpose: `remove ${name}`, onWait: context.notice }, async () => {
    const instances = await readInstances(paths);
    requireInstance(instances, name);
    const ports = await readPorts(paths);
    await refuseRunning();
    return await work(instances, ports);
  });
}

async function unregister(
  { paths }: Context,
  instances: InstanceRegistry,
  name: string,
): Promise<void> {
  await writeInstances(paths, {
    ...instances,
    instances: withoutKey(instances.instances, name),
  });
}

/** The registry with one more reservation, and without those that have lapsed. */
function withReservation(
  ports: PortRegistry,
  id: string,
  reservation: Reservation | undefined,
  now: Date,
): PortRegistry {
  const valid = dictionary<Reservation>();
  for (const [other, held] of Object.entries(ports.reserved)) {
    if (Date.parse(held.until) > now.getTime()) valid[other] = held;
  }
  return { ...ports, reserved: reservation ? withKey(valid, id, reservation) : valid };
}

function idFor({ name, removed }: TrashRecord, entries: readonly TrashEntry[]): string {
  const stamp = removed.replaceAll(":", "-");
  let id = `${name}-${stamp}`;
  for (let i = 1; entries.some((entry) => entry.id === id); i++) id = `${name}-${stamp}.${i}`;
  return id;
}
