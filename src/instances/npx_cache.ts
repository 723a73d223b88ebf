/**
 * Packages that an interrupted `npx` installed in part. It considers them complete from then on:
 * `Cannot find package 'zod' imported from …/_npx/…`.
 */
import { join } from "node:path";
import * as v from "valibot";
import type { Context } from "../context.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import type { Dictionary } from "../json/dictionary.ts";
import { dictionaryOf, fields, type Schema } from "../json/validate.ts";
import { type Paths, sandboxOf } from "../paths.ts";
import { refuseRunning } from "../processes/status.ts";
import { readOptionalJson } from "../system/read_json.ts";
import { deleteFolder, infoOf, listFolder } from "../system/folders.ts";

/** `node_modules/.package-lock.json`, as far as it matters here: packages by their path. */
interface Lockfile {
  readonly packages: Dictionary<{ readonly inBundle?: boolean }>;
}

const lockfile: Schema<Lockfile> = fields({
  packages: dictionaryOf(fields({ inBundle: v.optional(v.boolean()) })),
});

/**
 * The folders of half-installed packages in the sandbox of an instance; while it runs, of those
 * that are being installed. Measured with npm 11: the hidden lockfile is the last thing that it
 * writes. The next start builds around what is there and writes one, but puts packages below others
 * that a whole install has at the top, where servers look for them.
 */
export async function halfInstalled(paths: Paths, instance: string): Promise<string[]> {
  const cache = join(sandboxOf(paths, instance), ".npm", "_npx");
  // What cannot be read, such as behind a link, is not deleted either.
  const folders = await listFolder(cache).catch(() => []);
  const found: string[] = [];
  for (const folder of folders.map(({ name }) => join(cache, name))) {
    const modules = join(folder, "node_modules");
    if (!await isThere(modules)) continue;
    const lock = await readOptionalJson(join(modules, ".package-lock.json"), lockfile).catch(() =>
      undefined
    );
    if (lock === undefined || isMisplaced(lock.packages)) found.push(folder);
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

/** Whether a package is only below another one: npm puts the first of each name at the top. */
function isMisplaced(packages: Lockfile["packages"]): boolean {
  return Object.entries(packages).some(([path, { inBundle }]) => {
    const nested = /^.*\/node_modules\/(.+)$/.exec(path);
    return nested !== null && !inBundle && !Object.hasOwn(packages, `node_modules/${nested[1]}`);
  });
}

async function isThere(path: string): Promise<boolean> {
  return await infoOf(path).catch(() => undefined) !== undefined;
}
