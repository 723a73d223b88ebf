import { basename, join } from "node:path";
import type { Context } from "../context.ts";
import { ensureFolder, isPresent } from "../system/write.ts";
import { copyFile } from "../system/folders.ts";
import { locked } from "../registry/lock.ts";

/**
 * Copies a file into `~/.cmgr/repairs` before it is replaced.
 *
 * @returns The end of a sentence that says where the copy is; empty when there was no file
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
  return `; the old file is kept as ${copy}`;
}

export async function repairWithBackup<T>(context: Context, work: () => Promise<T>): Promise<T> {
  return await locked(context, "doctor --fix", work);
}
