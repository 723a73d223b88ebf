/** Removed instances: what is kept of them, and for how long. */
import { basename, dirname } from "node:path";
import { messageOf } from "../errors.ts";
import { ensureFolder, isPresent, replaceFile } from "../system/write.ts";
import { readOptionalJson } from "../system/read_json.ts";
import { deleteFolder, listFolder, move } from "../system/folders.ts";
import { backupsOf, type Paths, sandboxOf, trashPlacesOf, writtenOf } from "../paths.ts";
import { type TrashRecord, trashRecord } from "../registry/schemas.ts";

/** How long the range of a removed instance is kept for it, in milliseconds: 7 days. */
export const reservedMs: number = 7 * 24 * 60 * 60 * 1000;

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
  for (const id of await foldersIn(paths.trash)) {
    const record = await readRecord(paths, id);
    if (record === undefined) unreadable.push(id);
    else entries.push({ id, record, sandbox: await sandboxIn(paths, id) });
  }
  entries.sort((a, b) => b.record.removed.localeCompare(a.record.removed));
  return { entries, unreadable };
}

/**
 * The removed instance of that name which a `restore` means: the newest with a sandbox. Where a
 * sandbox of that name is in its place already, a `restore` was cut off, and the newest without one
 * is meant.
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

/** The entry of an unfinished `remove`: nothing is removed twice. */
export function unfinishedOf(trash: Trash, record: TrashRecord): TrashEntry | undefined {
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
  // The record first: everything in the trash can be listed and restored.
  await replaceFile(places.record, `${JSON.stringify(record, undefined, 2)}\n`);
  const sandbox = sandboxOf(paths, record.name);
  if (await isPresent(sandbox)) {
    await moveOrBeside(sandbox, places.sandbox, places.sandboxBeside);
  }
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

/**
 * Deletes an entry of the trash for good.
 *
 * @throws {CmgrError} `failed`
 */
export async function deleteEntry(paths: Paths, id: string): Promise<void> {
  const places = trashPlacesOf(paths, id);
  await deleteFolder(places.sandboxBeside);
  await deleteFolder(places.folder);
}

/**
 * Moves what a crash left into the trash, as an entry without a record: it may have become
 * somebody's since. Call it under the lock.
 *
 * @param path A folder in `~/sandboxes`; need not be there
 * @returns The name of the entry; `undefined` when nothing was there
 * @throws {CmgrError} `failed`
 */
export async function discard(paths: Paths, path: string): Promise<string | undefined> {
  if (!await isPresent(path)) return undefined;
  const id = `leftover-${basename(path).replace(/^\./, "")}-${crypto.randomUUID().slice(0, 8)}`;
  const places = trashPlacesOf(paths, id);
  await moveOrBeside(path, places.sandbox, places.sandboxBeside);
  return id;
}

/** Moves a folder; to the other place when the first is on another file system. */
async function moveOrBeside(from: string, to: string, beside: string): Promise<void> {
  try {
    await ensureFolder(dirname(to));
    await move(from, to);
  } catch (error) {
    if (!isCrossDevice(error)) throw error;
    await ensureFolder(dirname(beside));
    await move(from, beside);
  }
}

/** What is moved along is worth less than the move itself, and never makes it fail. */
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

async function foldersIn(path: string): Promise<string[]> {
  return (await listFolder(path)).filter((entry) => entry.isDirectory).map(({ name }) => name);
}
