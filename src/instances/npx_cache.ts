/**
 * Packages that `npx` has installed in part, since it was ended meanwhile. It takes them for whole ever
 * after: `Cannot find package 'zod' imported from …/_npx/…`.
 */
import { join } from "node:path";
import type { Context } from "../context.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import { type Paths, sandboxOf } from "../paths.ts";
import { refuseRunning } from "../processes/status.ts";
import { deleteFolder, infoOf, listFolder } from "../system/folders.ts";

/**
 * The folders of half-installed packages in the sandbox of an instance; while it runs, of those that are
 * being installed. Measured with npm 11: the hidden lockfile is the last thing that it writes.
 */
export async function halfInstalled(paths: Paths, instance: string): Promise<string[]> {
  const cache = join(sandboxOf(paths, instance), ".npm", "_npx");
  // What cannot be looked into, as behind a link, is not cleared either.
  const folders = await listFolder(cache).catch(() => []);
  const found: string[] = [];
  for (const folder of folders.map(({ name }) => join(cache, name))) {
    const modules = join(folder, "node_modules");
    if (!await isThere(modules) || await isThere(join(modules, ".package-lock.json"))) continue;
    found.push(folder);
  }
  return found;
}

/**
 * Deletes them, so that `npx` installs them again.
 *
 * @returns What was deleted
 * @throws {CmgrError} `running`, `failed`
 */
export async function clearHalfInstalled(context: Context, instance: Instance): Promise<string[]> {
  return await withInstanceLocked(context, instance, `doctor --fix`, async ({ name }) => {
    await refuseRunning(context.paths, name);
    const folders = await halfInstalled(context.paths, name);
    for (const folder of folders) await deleteFolder(folder);
    return folders;
  });
}

async function isThere(path: string): Promise<boolean> {
  return await infoOf(path).catch(() => undefined) !== undefined;
}
