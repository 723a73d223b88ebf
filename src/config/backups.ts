import { join } from "node:path";
import { CmgrError } from "../errors.ts";
import { laterThan } from "../system/monotonic_time.ts";
import { backupsOf, type Paths } from "../paths.ts";
import { listFolder } from "../system/folders.ts";
import { readTextIfPresent } from "../system/read.ts";
import { ensureFolder, removeIfPresent, replaceFile } from "../system/write.ts";

const keptBackups = 20;

export async function keepBackup(paths: Paths, instance: string, text: string): Promise<void> {
  const folder = backupsOf(paths, instance);
  await ensureFolder(folder);
  const names = await backupNames(folder);
  const when = laterThan(names.map(timeOf), new Date()).toISOString();
  const name = `${when.replaceAll(":", "-")}.json`;
  await replaceFile(join(folder, name), text);
  for (const old of [...names, name].sort().slice(0, -keptBackups)) {
    if (old !== name) await removeIfPresent(join(folder, old));
  }
}

interface Backup {
  /** When it was replaced, as an ISO 8601 date. */
  readonly when: string;
  readonly path: string;
}

/** The newest first. */
export async function listBackups(paths: Paths, instance: string): Promise<Backup[]> {
  const folder = backupsOf(paths, instance);
  const names = await backupNames(folder);
  return names.reverse().map((name) => ({ when: timeOf(name), path: join(folder, name) }));
}

/**
 * @param backups The newest first
 * @param when A number, counted from 1 for the newest, or the start of a time; the newest when not
 * given
 * @param instance Named in errors
 * @throws {CmgrError} `usage`, when none or several fit
 */
export function chooseBackup(
  backups: readonly Backup[],
  when: string | undefined,
  instance: string,
): Backup {
  if (backups.length === 0) {
    throw new CmgrError("usage", `"${instance}" has no backups of its config`);
  }
  if (when === undefined) return backups[0];
  const byNumber = /^\d{1,3}$/.test(when) ? backups[Number(when) - 1] : undefined;
  if (byNumber) return byNumber;
  const wanted = when.replace(" ", "T");
  const found = /^\d{4}/.test(wanted)
    ? backups.filter(({ when: time }) => time.startsWith(wanted))
    : [];
  if (found.length === 1) return found[0];
  throw new CmgrError(
    "usage",
    found.length === 0
      ? `"${instance}" has no backup ${JSON.stringify(when)}`
      : `"${instance}" has ${found.length} backups whose time starts with ${JSON.stringify(when)}`,
    `List them: cmgr config ${instance} --history`,
  );
}

/** @throws {CmgrError} `damaged`, when it is gone or cannot be read */
export async function readBackup(backup: Backup): Promise<string> {
  const text = await readTextIfPresent(backup.path);
  if (text !== undefined) return text;
  throw new CmgrError("damaged", `${backup.path} does not exist any more`, "Choose another backup");
}

/** `2026-11-22T13-07-38.123Z.json` is of 2026-11-22T13:07:38.123Z; so is one with `.1` after it. */
function timeOf(name: string): string {
  return name.replace(/\.json$/, "").replace(/T(\d\d)-(\d\d)-(\d\d)/, "T$1:$2:$3");
}

async function backupNames(folder: string): Promise<string[]> {
  const entries = await listFolder(folder);
  return entries
    .filter(({ isFile, name }) => isFile && name.endsWith(".json") && !name.startsWith("."))
    .map(({ name }) => name);
}
