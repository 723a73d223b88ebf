/**
 * The folder of an instance.
 *
 * @module
 */
import { join } from "node:path";
import { createFile, ensureFolder, isPresent, removeIfPresent } from "../files.ts";
import { createFolder, infoOf } from "../folders.ts";

/** Folders that programs expect in a home; `.tmp` becomes the instance's `/tmp`. */
const usualFolders = [
  ".cache",
  ".config/Claude",
  ".local/share",
  ".local/state",
  ".tmp",
  "Desktop",
  "Documents",
  "Downloads",
];

/** Stands in a sandbox until its instance is registered: what a crash left can be told by it. */
const marker = ".cmgr-incomplete";

/**
 * Makes the folder of a new instance, marked as incomplete.
 *
 * Needs read and write permission for `~/sandboxes`.
 *
 * @param path Where; nothing may be there
 * @throws {CmgrError} `failed`
 */
export async function buildSandbox(path: string): Promise<void> {
  await createFolder(path);
  await createFile(join(path, marker));
  for (const folder of usualFolders) await ensureFolder(join(path, folder));
}

/**
 * Takes the mark off: the sandbox belongs to a registered instance now.
 *
 * Needs write permission for `~/sandboxes`.
 */
export async function markComplete(path: string): Promise<void> {
  await removeIfPresent(join(path, marker));
}

/**
 * Whether a folder is what a crash in the middle of `create` left, and nobody's.
 *
 * Needs read permission for `~/sandboxes`.
 */
export async function isIncomplete(path: string): Promise<boolean> {
  return (await infoOf(path))?.isDirectory === true && await isPresent(join(path, marker));
}
