/** The folder of an instance. */
import { dirname, join } from "node:path";
import { appendLine, ensureFolder, isPresent, removeIfPresent } from "../system/write.ts";
import { infoOf } from "../system/folders.ts";
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

export async function fillSandbox(path: string): Promise<void> {
  for (const folder of usualFolders) await ensureFolder(join(path, folder));
  await ensureLoginProfiles(path);
}

/**
 * Removes the empty file or folders that bubblewrap made in a sandbox to mount a share on: they
 * would look like the instance's own. Call it while the instance is stopped.
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
      // Not empty, so it is the instance's own.
      return;
    }
  }
}

/** Read by login shells: sh and dash, bash, zsh. */
const profileNames = [".profile", ".bash_profile", ".zprofile"];

const profileText =
  `# Written by cmgr: a login shell keeps the PATH that the instance was started with.
# Change it as you like; cmgr writes it only where there is none.
if [ -r "/proc/$$/environ" ]; then
  started=$(sed -zn 's/^PATH=//p' "/proc/$$/environ" 2>/dev/null | tr -d '\\0')
  if [ -n "$started" ]; then PATH="$started:$PATH"; fi
  unset started
  export PATH
fi`;

/**
 * Writes them only where nothing exists, not even a link. The app asks a login shell for its PATH,
 * and `/etc/profile` of some Linux systems resets PATH, which would lose the version managers.
 */
export async function ensureLoginProfiles(sandbox: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  for (const name of profileNames) {
    const path = join(sandbox, name);
    if (!await isPresent(path).catch(() => true)) await appendLine(path, profileText);
  }
}
