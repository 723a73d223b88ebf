/**
 * The folder of an instance.
 *
 * @module
 */
import { join } from "node:path";
import { ensureFolder, isPresent, removeIfPresent } from "../files.ts";
import { CmgrError, messageOf } from "../errors.ts";

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
  try {
    await Deno.mkdir(path, { mode: 0o700 });
    await Deno.writeTextFile(join(path, marker), "", { createNew: true });
  } catch (error) {
    throw new CmgrError(
      "failed",
      `${path} cannot be created: ${messageOf(error)}`,
      "Look at the owner and the mode of the folder above it, and at the room on that disk",
      { cause: error },
    );
  }
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
  const info = await Deno.lstat(path).catch(() => undefined);
  return info !== undefined && info.isDirectory && await isPresent(join(path, marker));
}

/**
 * Deletes a folder and all in it; of a link, the link alone.
 *
 * Needs write permission for `~/sandboxes`.
 *
 * @throws {CmgrError} `failed`
 */
export async function deleteFolder(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new CmgrError(
      "failed",
      `${path} cannot be deleted: ${messageOf(error)}`,
      "Look at the owners and modes of what is left in it, then delete it by hand",
      { cause: error },
    );
  }
}
