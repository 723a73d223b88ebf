/**
 * The folder of an instance.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { createFile, ensureFolder, isPresent, removeIfPresent } from "../files.ts";
import { createFolder, infoOf } from "../folders.ts";
import { isWithin } from "../paths.ts";

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

/**
 * Removes what bubblewrap made in a sandbox to mount a share on, as far as it is empty: it would
 * look like something that the instance has. Call it while the instance is stopped.
 *
 * Needs read and write permission for `~/sandboxes`.
 *
 * @param sandbox Folder of the instance
 * @param path A path in it
 */
export async function removeMountPoint(sandbox: string, path: string): Promise<void> {
  const usual = usualFolders.map((folder) => join(sandbox, folder));
  const isUsual = (at: string) => usual.some((folder) => isWithin(folder, at));
  for (let at = path; isWithin(at, sandbox) && !isUsual(at); at = dirname(at)) {
    const info = await infoOf(at);
    if (info === undefined) continue;
    if (!info.isDirectory && (!info.isFile || info.size > 0)) return;
    try {
      await removeIfPresent(at);
    } catch {
      // It is not empty, so it is the instance's own.
      return;
    }
  }
}
