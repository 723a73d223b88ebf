/** Removed instances, as they lie in `~/.cmgr/trash`. */
import { basename, dirname } from "node:path";
import { messageOf } from "../errors.ts";
import { ensureFolder, isPresent, replaceFile } from "../system/write.ts";
import { readOptionalJson } from "../system/read_json.ts";
import { deleteFolder, listFolder, move } from "../system/folders.ts";
import { backupsOf, type Paths, sandboxOf, trashPlacesOf, writtenOf } from "../paths.ts";
import { type TrashRecord, trashRecord } from "../registry/schemas.ts";

/** How long the range of a removed instance stays reserved, in milliseconds: 7 days. */
export const reservedMs = 7 * 24 * 60 * 60 * 1000;

export interface TrashEntry {
  /** Name of its folder in the trash. */
  readonly id: string;
  /** What the registries said of it. */
  readonly record: TrashRecord;
  /** Where its sandbox lies; `undefined` when it had none. */
  readonly sandbox: string | undefined;
}

export interface Trash {
  /** The removed instances, the newest first. */
  readonly entries: readonly TrashEntry[];
  /** Folders whose record cannot be read. */
  readonly unreadable: readonly string[];
}

export async function readTrash(paths: Paths): Promise<Trash> {
  const entries: TrashEntry[] = [];
  const unreadable: string[] = [];
  for (const { name: id, isDirectory } of await listFolder(paths.trash)) {
    if (!isDirectory) continue;
    const record = await readRecord(paths, id);
    if (record === undefined) unreadable.push(id);
    else entries.push({ id, record, sandbox: await sandboxIn(paths, id) });
  }
  entries.sort((a, b) => b.record.removed.localeCompare(a.record.removed));
  return { entries, unreadable };
}

/**
 * The removed instance of that name which `restore` chooses: the newest with a sandbox. When its
 * sandbox is already in place, a `restore` was interrupted, and it chooses the newest without one.
 *
 * @param to The name that it gets
 */
export async function restorableOf(
  paths: Paths,
  trash: Trash,
  name: string,
  to = name,
): Promise<TrashEntry | undefined> {
  const own = trash.entries.filter(({ record }) => record.name === name);
  const isInPlace = await isPresent(sandboxOf(paths, to));
  return own.find(({ sandbox }) => (sandbox === undefined) === isInPlace) ?? own[0];
}

/** The entry of an interrupted `remove` of that instance. */
export function interruptedRemoval(trash: Trash, record: TrashRecord): TrashEntry | undefined {
  const created = record.instance.created_date;
  return trash.entries.find((entry) =>
    entry.record.name === record.name && created !== undefined &&
    entry.record.instance.created_date === created
  );
}

/**
 * Moves the sandbox of an instance, its backups and what the registries say of it into the trash.
 * Call it under the lock.
 *
 * @throws {CmgrError} `failed`; everything is where it was then
 */
export async function moveToTrash(paths: Paths, id: string, record: TrashRecord): Promise<void> {
  const places = trashPlacesOf(paths, id);
  await ensureFolder(places.folder);
  // The record first, so that everything in the trash can be listed and restored.
  await replaceFile(places.record, `${JSON.stringify(record, undefined, 2)}\n`);
  const sandbox = sandboxOf(paths, record.name);
  if (await isPresent(sandbox)) await moveSandbox(sandbox, places);
  await moveIfPresent(backupsOf(paths, record.name), places.backups);
  await moveIfPresent(writtenOf(paths, record.name), places.written);
}

/**
 * Moves everything of an entry back to its places; the empty entry is gone then. Call it under
 * the lock.
 *
 * @throws {CmgrError} `failed`
 */
export async function moveFromTrash(paths: Paths, entry: TrashEntry): Promise<void> {
  const { record, sandbox } = entry;
  const places = trashPlacesOf(paths, entry.id);
  if (sandbox !== undefined) {
    await ensureFolder(paths.sandboxes);
    await move(sandbox, sandboxOf(paths, record.name));
  }
  await moveIfPresent(places.backups, backupsOf(paths, record.name));
  await moveIfPresent(places.written, writtenOf(paths, record.name));
}

/** @throws {CmgrError} `failed` */
export async function deleteEntry(paths: Paths, id: string): Promise<void> {
  const places = trashPlacesOf(paths, id);
  await deleteFolder(places.sandboxBeside);
  await deleteFolder(places.folder);
}

/**
 * Moves what a crash left into the trash, as an entry without a record: someone may use it by now.
 * Call it under the lock.
 *
 * @param path A folder in `~/sandboxes`, if it exists
 * @returns The name of the entry; `undefined` when nothing was there
 * @throws {CmgrError} `failed`
 */
export async function discard(paths: Paths, path: string): Promise<string | undefined> {
  if (!await isPresent(path)) return undefined;
  const id = `leftover-${basename(path).replace(/^\./, "")}-${crypto.randomUUID().slice(0, 8)}`;
  await moveSandbox(path, trashPlacesOf(paths, id));
  return id;
}

/** Moves a sandbox to where the trash has it on the same file system. */
async function moveSandbox(
  from: string,
  { sandbox, sandboxBeside }: ReturnType<typeof trashPlacesOf>,
): Promise<void> {
  try {
    await ensureFolder(dirname(sandbox));
    await move(from, sandbox);
  } catch (error) {
    if (!isCrossDevice(error)) throw error;
    await ensureFolder(dirname(sandboxBeside));
    await move(from, sandboxBeside);
  }
}

/** For what matters less than the sandbox: errors are ignored. */
async function moveIfPresent(from: string, to: string): Promise<void> {
  if (!await isPresent(from) || await isPresent(to)) return;
  await ensureFolder(dirname(to)).then(() => move(from, to)).catch(() => {});
}

function isCrossDevice(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = (cause as { code?: string } | undefined)?.code;
  return code === "EXDEV" || /os error (18|17)\b/.test(messageOf(cause));
}

async function sandboxIn(paths: Paths, id: string): Promise<string | undefined> {
  const { sandbox, sandboxBeside } = trashPlacesOf(paths, id);
  if (await isPresent(sandbox)) return sandbox;
  return await isPresent(sandboxBeside) ? sandboxBeside : undefined;
}

async function readRecord(paths: Paths, id: string): Promise<TrashRecord | undefined> {
  const found = await readOptionalJson(trashPlacesOf(paths, id).record, trashRecord)
    .catch(() => undefined);
  if (found?.ports === undefined) return found;
  // Version 0.1 kept what it replaced with the ports.
  const { ports: { replaced, ...ports }, ...record } = found;
  return { ...(replaced && { replaced }), ...record, ports };
}
