/** Servers that are being downloaded: npx and uvx install them at their first start. */
import { basename, join } from "node:path";
import type { Entry } from "../config/config_text.ts";
import { infoOf, listFolder } from "../system/folders.ts";

/**
 * @param sandbox The home of the server
 * @param since When it was started, in milliseconds
 */
export async function isDownloading(
  sandbox: string,
  { command, args }: Pick<Entry, "command" | "args">,
  since: number,
): Promise<boolean> {
  const words = [command, ...args];
  try {
    for (const word of words) {
      if (await isInstalling(join(sandbox, ".npm", "_npx", await npxFolderOf(word)))) return true;
    }
    const isUv = words.some((word) => /^uvx?$/.test(basename(word)));
    return isUv && await hasChanged(join(sandbox, ".cache", "uv"), since);
  } catch {
    // It is only told while waiting.
    return false;
  }
}

/** Measured with npm 11: npx names its folder by a hash of the package as it was typed. */
async function npxFolderOf(spec: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-512", new TextEncoder().encode(spec));
  return [...new Uint8Array(hash, 0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Measured with npm 11: the hidden lockfile is the last thing that it writes. */
async function isInstalling(folder: string): Promise<boolean> {
  if (await infoOf(folder) === undefined) return false;
  return await infoOf(join(folder, "node_modules", ".package-lock.json")) === undefined;
}

async function hasChanged(folder: string, since: number): Promise<boolean> {
  if (await infoOf(folder) === undefined) return false;
  const paths = [folder, ...(await listFolder(folder)).map(({ name }) => join(folder, name))];
  const times = await Promise.all(paths.map(async (path) => (await infoOf(path))?.mtime));
  return times.some((time) => time != null && time.getTime() >= since);
}
