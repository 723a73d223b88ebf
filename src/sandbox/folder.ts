/** The folder of an instance. */
import { dirname, join } from "node:path";
import { createFile, ensureFolder, isPresent, removeIfPresent } from "../system/write.ts";
import { createFolder, infoOf, listFolder } from "../system/folders.ts";
import { isWithin } from "../paths.ts";
import { readTextIfPresent } from "../system/read.ts";
import { ensureLoginProfiles, profileNames, profileText } from "./login_profiles.ts";

/** The app's data folder. */
const dataFolder = ".config/Claude";

/** Folders that programs expect in a home; `.tmp` becomes the instance's `/tmp`. */
const usualFolders = [
  ".cache",
  dataFolder,
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
 * @param path Where; nothing may be there
 * @throws {CmgrError} `failed`
 */
export async function buildSandbox(path: string): Promise<void> {
  await createFolder(path);
  await createFile(join(path, marker));
  for (const folder of usualFolders) await ensureFolder(join(path, folder));
  await ensureLoginProfiles(path);
}

/** Takes the mark off: the sandbox belongs to a registered instance now. */
export async function markComplete(path: string): Promise<void> {
  await removeIfPresent(join(path, marker));
}

/**
 * Whether a folder bears the mark of a sandbox that is not complete; a crash right after the
 * instance was registered leaves the mark on too.
 */
export async function isMarked(path: string): Promise<boolean> {
  // A folder of another user's, which cannot be looked into, is none of ours.
  return (await infoOf(path))?.isDirectory === true &&
    await isPresent(join(path, marker)).catch(() => false);
}

/**
 * Whether a folder is what a crash in the middle of `create` left, with nothing of anyone's in it.
 */
export async function isIncomplete(path: string): Promise<boolean> {
  return await isMarked(path) && await isUntouched(path);
}

/** Whether there is nothing but what `create` makes; what `clone` fills is the data folder alone. */
async function isUntouched(path: string): Promise<boolean> {
  const known = [marker, ...profileNames, ...usualFolders.map((folder) => folder.split("/")[0])];
  if (!(await listFolder(path)).every(({ name }) => known.includes(name))) return false;
  for (const name of profileNames) {
    const text = await readTextIfPresent(join(path, name)).catch(() => "");
    if (text !== undefined && text !== profileText) return false;
  }
  for (const folder of usualFolders) {
    if (folder === dataFolder) continue;
    if ((await listFolder(join(path, folder))).length > 0) return false;
  }
  return true;
}

/**
 * Removes what bubblewrap made in a sandbox to mount a share on, as far as it is empty: it would
 * look like something that the instance has. Call it while the instance is stopped.
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
