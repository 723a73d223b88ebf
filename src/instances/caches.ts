/** Downloads that package managers keep in an instance. */
import { join } from "node:path";
import * as v from "valibot";
import type { Context } from "../context.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import { dictionaryOf, fields } from "../json/validate.ts";
import { type Paths, sandboxOf } from "../paths.ts";
import { refuseRunning } from "../processes/status.ts";
import { deleteFolder, infoOf, listFolder } from "../system/folders.ts";
import { readOptionalJson } from "../system/read_json.ts";

/** Below the sandbox, which is the home of its programs. */
const packageCaches = [
  ".bun/install/cache",
  ".cache/deno",
  ".cache/pip",
  ".cache/pnpm",
  ".cache/uv",
  ".cache/yarn",
  ".npm/_cacache",
  ".npm/_npx",
];

export function cachesOf(paths: Paths, instance: string): string[] {
  return packageCaches.map((folder) => join(sandboxOf(paths, instance), folder));
}

/** @throws {CmgrError} `running`, `not-found`, `damaged`, `locked`, `failed` */
export async function clearCaches(context: Context, instance: Instance): Promise<void> {
  const caches = cachesOf(context.paths, instance.name);
  const purpose = `doctor --fix --caches ${instance.name}`;
  await deleteFolders(context, instance, purpose, () => Promise.resolve(caches));
}

/** `node_modules/.package-lock.json`: packages by their path. */
const lockfile = fields({
  packages: dictionaryOf(fields({ inBundle: v.optional(v.boolean()) })),
});

/**
 * The folders of packages that an interrupted `npx` installed in part, and considers complete from
 * then on: `Cannot find package 'zod' imported from …/_npx/…`. While the instance runs, they may
 * still be installing. Measured with npm 11: the hidden lockfile is the last thing that it writes.
 * The next start builds around what is there and writes one, but puts packages below others that a
 * whole install has at the top, where servers look for them.
 */
export async function halfInstalled(paths: Paths, instance: string): Promise<string[]> {
  const cache = join(sandboxOf(paths, instance), ".npm", "_npx");
  // What cannot be read, such as behind a link, is not deleted either.
  const folders = await listFolder(cache).catch(() => []);
  const found: string[] = [];
  for (const folder of folders.map(({ name }) => join(cache, name))) {
    const modules = join(folder, "node_modules");
    if (await infoOf(modules).catch(() => undefined) === undefined) continue;
    const path = join(modules, ".package-lock.json");
    const lock = await readOptionalJson(path, lockfile).catch(() => undefined);
    if (lock === undefined || isMisplaced(lock)) found.push(folder);
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
  const find = () => halfInstalled(context.paths, instance.name);
  return await deleteFolders(context, instance, "doctor --fix", find);
}

/** Whether a package is only below another one: npm puts the first of each name at the top. */
function isMisplaced({ packages }: v.InferOutput<typeof lockfile>): boolean {
  return Object.entries(packages).some(([path, { inBundle }]) => {
    const nested = /^.*\/node_modules\/(.+)$/.exec(path);
    return nested !== null && !inBundle && !Object.hasOwn(packages, `node_modules/${nested[1]}`);
  });
}

/** Deletes folders of a stopped instance: its servers may run from there. */
async function deleteFolders(
  context: Context,
  instance: Instance,
  purpose: string,
  find: () => Promise<string[]>,
): Promise<string[]> {
  return await withInstanceLocked(context, instance, purpose, async ({ name }) => {
    await refuseRunning(context.paths, name);
    const folders = await find();
    for (const folder of folders) await deleteFolder(folder);
    return folders;
  });
}
