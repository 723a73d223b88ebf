import { join } from "node:path";
import { listFolder } from "./folders.ts";
import { statIfPresent } from "./read.ts";
import { turns } from "./turns.ts";

/**
 * How much of the disk files and folders take, in bytes, by the first of `parts` that they lie in;
 * the rest under `root`. Links are not followed, and a file with several names counts once.
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
    const info = statIfPresent(path);
    if (info === undefined) return;
    const own = parts.includes(path) ? path : part;
    if (info.nlink !== null && info.nlink > 1 && info.isFile) {
      const file = `${info.dev}:${info.ino}`;
      if (seen.has(file)) return;
      seen.add(file);
    }
    // Without blocks, on Windows, a file takes what it holds.
    const bytes = info.blocks === null ? info.size : info.blocks * 512;
    sizes.set(own, sizes.get(own)! + bytes);
    if (!info.isDirectory) return;
    await takeTurns();
    for (const { name } of await listFolder(path)) await add(join(path, name), own);
  };
  await add(root, root);
  return sizes;
}
