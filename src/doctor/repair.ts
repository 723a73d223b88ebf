/**
 * What a repair replaces is kept.
 *
 * @module
 */
import { basename, join } from "node:path";
import type { Context } from "../context.ts";
import { ensureFolder, isPresent } from "../system/write.ts";
import { copyFile } from "../system/folders.ts";
import { locked } from "../registry/lock.ts";

/**
 * Copies a file into `~/.cmgr/repairs` before it is replaced.
 *
 * Needs read and write permission for `~/.cmgr`.
 *
 * @param context Where things are
 * @param path The file; need not be there
 * @returns The end of a sentence that tells where the copy is; empty when there was no file
 */
export async function keepDamagedFile({ paths }: Context, path: string): Promise<string> {
  if (!await isPresent(path)) return "";
  await ensureFolder(paths.repairs);
  const stamp = new Date().toISOString().replaceAll(":", "-");
  const nameOf = (number: number) =>
    join(paths.repairs, `${stamp}${number === 0 ? "" : `.${number}`}-${basename(path)}`);
  let copy = nameOf(0);
  for (let number = 1; await isPresent(copy); number++) copy = nameOf(number);
  await copyFile(path, copy);
  return `; what was there is kept as ${copy}`;
}

/**
 * Repairs under the lock.
 *
 * @param context Where things are
 * @param work The repair
 */
export async function repairWithBackup<T>(context: Context, work: () => Promise<T>): Promise<T> {
  return await locked(context, "doctor --fix", work);
}
