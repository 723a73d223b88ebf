import type { Context } from "../context.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import { backupsOf, logsOf, type Paths, removingOf, writtenOf } from "../paths.ts";
import { removeRunRecord } from "../processes/run_record.ts";
import { refuseRunning } from "../processes/status.ts";
import { writeInstances } from "../registry/instances.ts";
import { type PortRegistry, writePorts } from "../registry/ports.ts";
import { withoutAllocation } from "../registry/ranges.ts";
import { removeReplaced } from "../registry/replaced.ts";
import type { Reservation, TrashRecord } from "../registry/schemas.ts";
import { dictionary, withoutKey } from "../json/dictionary.ts";
import { isPresent, removeIfPresent } from "../system/write.ts";
import { deleteFolder, move } from "../system/folders.ts";
import { defaultLayout } from "../settings/port_layout.ts";
import { laterThan } from "../system/monotonic_time.ts";
import {
  deleteEntry,
  discard,
  interruptedRemoval,
  moveFromTrash,
  moveToTrash,
  readTrash,
  reservedMs,
  type TrashEntry,
} from "./trash.ts";

/**
 * Removes an instance: its sandbox, backups and entries go to the trash, its range stays reserved
 * for it for 7 days.
 *
 * @returns The id of its entry in the trash
 * @throws {CmgrError} `not-found`, `running`, `damaged`, `locked`, `failed`
 */
export async function removeInstance(context: Context, instance: Instance): Promise<string> {
  const { paths } = context;
  const purpose = `remove ${instance.name}`;
  return await withInstanceLocked(context, instance, purpose, async (instance) => {
    const { name } = instance;
    await refuseRunning(paths, name);
    const ports = await instance.ports();
    const now = new Date();
    const trash = await readTrash(paths);
    const record = {
      name,
      removed: laterThan(trash.entries.map(({ record }) => record.removed), now).toISOString(),
      instance: instance.record,
      base: ports.bases[name],
      ports: ports.records[name],
      replaced: await instance.replaced(),
    };
    const interrupted = interruptedRemoval(trash, record);
    const hasSandbox = await isPresent(instance.sandbox);
    const id = interrupted && !hasSandbox ? interrupted.id : idFor(record, trash.entries);
    try {
      await moveToTrash(paths, id, record);
      await writePorts(paths, withReservation(withoutAllocation(ports, name), id, record, now));
      // Last: as long as the instance is registered, the command can be repeated.
      await unregister(paths, instance);
    } catch (error) {
      const entry = (await readTrash(paths)).entries.find((entry) => entry.id === id);
      if (entry) {
        await moveFromTrash(paths, entry).then(() => deleteEntry(paths, id)).catch(() => {});
      }
      await writePorts(paths, ports).catch(() => {});
      throw error;
    }
    await removeReplaced(paths, name);
    await removeRunRecord(paths, name);
    return id;
  });
}

/**
 * Deletes an instance at once: sandbox, backups, log, entries and range.
 *
 * @throws {CmgrError} `not-found`, `running`, `damaged`, `locked`, `failed`
 */
export async function purgeInstance(context: Context, instance: Instance): Promise<void> {
  const { paths } = context;
  const { name, sandbox } = instance;
  const removing = removingOf(paths, name);
  await withInstanceLocked(context, instance, `remove ${name}`, async (instance) => {
    await refuseRunning(paths, name);
    const ports = await instance.ports();
    await discard(paths, removing);
    const hasSandbox = await isPresent(sandbox);
    if (hasSandbox) await move(sandbox, removing);
    try {
      await writePorts(paths, withoutAllocation(ports, name));
      await unregister(paths, instance);
    } catch (error) {
      if (hasSandbox) await move(removing, sandbox).catch(() => {});
      await writePorts(paths, ports).catch(() => {});
      throw error;
    }
    await removeReplaced(paths, name);
    await removeRunRecord(paths, name);
    for (const log of logsOf(paths, name)) await removeIfPresent(log);
    await removeIfPresent(writtenOf(paths, name));
    await deleteFolder(backupsOf(paths, name));
  });
  // Without the lock: no other command uses that folder.
  await deleteFolder(removing);
}

async function unregister(paths: Paths, { name, registry }: Instance): Promise<void> {
  await writeInstances(paths, { ...registry, instances: withoutKey(registry.instances, name) });
}

/** The registry with the range of a removed instance reserved, without what has lapsed. */
function withReservation(
  ports: PortRegistry,
  id: string,
  { base, ports: { size = defaultLayout.portRange } = {} }: TrashRecord,
  now: Date,
): PortRegistry {
  const valid = dictionary<Reservation>();
  for (const [other, held] of Object.entries(ports.reserved)) {
    if (Date.parse(held.until) > now.getTime()) valid[other] = held;
  }
  const until = new Date(now.getTime() + reservedMs).toISOString();
  if (base !== undefined) valid[id] = { base, size, until };
  return { ...ports, reserved: valid };
}

function idFor({ name, removed }: TrashRecord, entries: readonly TrashEntry[]): string {
  const stamp = removed.replaceAll(":", "-");
  let id = `${name}-${stamp}`;
  for (let i = 1; entries.some((entry) => entry.id === id); i++) id = `${name}-${stamp}.${i}`;
  return id;
}
