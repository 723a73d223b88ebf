import { join } from "node:path";
import { listFolder } from "./folders.ts";
import { lstatIfPresent } from "./symlink_guard.ts";
import { turns } from "./wait.ts";

/**
 * The disk space that a folder takes, in bytes: that of each of the `parts` below it by its path,
 * and the rest by `root`. Links are not followed; a file with several hard links counts once.
 *
 * @throws {CmgrError} `damaged`, when a folder cannot be read
 */
export async function diskUse(
  root: string,
  parts: readonly string[] = [],
): Promise<Map<string, number>> {
  const sizes = new Map([root, ...parts].map((path) => [path, 0]));
  const seen = new Set<string>();
  const takeTurns = turns();
  const add = async (path: string, part: string): Promise<void> => {
    const info = lstatIfPresent(path);
    if (info === undefined) return;
    const own = parts.includes(path) ? path : part;
    if (info.nlink !== null && info.nlink > 1 && info.isFile) {
      const file = `${info.dev}:${info.ino}`;
      if (seen.has(file)) return;
      seen.add(file);
    }
    // Windows does not say how many blocks a file takes.
    const bytes = info.blocks === null ? info.size : info.blocks * 512;
    sizes.set(own, sizes.get(own)! + bytes);
    if (!info.isDirectory) return;
    await takeTurns();
    for (const { name } of await listFolder(path)) await add(join(path, name), own);
  };
  await add(root, root);
  return sizes;
}
