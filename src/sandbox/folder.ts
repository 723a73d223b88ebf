/** The folder of an instance. */
import { dirname, join } from "node:path";
import { ensureFolder, removeIfPresent } from "../system/write.ts";
import { infoOf } from "../system/folders.ts";
import { isWithin } from "../paths.ts";
import { ensureLoginProfiles } from "./login_profiles.ts";

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

export async function fillSandbox(path: string): Promise<void> {
  for (const folder of usualFolders) await ensureFolder(join(path, folder));
  await ensureLoginProfiles(path);
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
