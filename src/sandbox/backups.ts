/**
 * Copies of configs, kept before every change.
 *
 * @module
 */
import { join } from "node:path";
import { ensureFolder, removeIfPresent, replaceFile } from "../files.ts";
import { listFolder } from "../folders.ts";
import { backupsOf, type Paths } from "../paths.ts";

const keptBackups = 20;

/**
 * Keeps a copy of a config; the newest 20 stay.
 *
 * Needs read and write permission for `~/.cmgr`.
 *
 * @param paths Where backups are
 * @param instance Name of the instance
 * @param text The config as it was
 * @returns Path of the copy
 */
export async function keepBackup(paths: Paths, instance: string, text: string): Promise<string> {
  const folder = backupsOf(paths, instance);
  await ensureFolder(folder);
  const names = await backupNames(folder);
  const stamp = new Date().toISOString().replaceAll(":", "-");
  // Two in one millisecond, or a clock that jumped back, must not replace an earlier copy.
  let name = `${stamp}.json`;
  for (let i = 1; names.includes(name); i++) name = `${stamp}.${i}.json`;
  await replaceFile(join(folder, name), text);
  for (const old of [...names, name].sort().slice(0, -keptBackups)) {
    if (old !== name) await removeIfPresent(join(folder, old));
  }
  return join(folder, name);
}

async function backupNames(folder: string): Promise<string[]> {
  const entries = await listFolder(folder);
  return entries
    .filter(({ isFile, name }) => isFile && name.endsWith(".json") && !name.startsWith("."))
    .map(({ name }) => name);
}
