/** Downloads that package managers keep in an instance. */
import { join } from "node:path";
import type { Context } from "../context.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import { type Paths, sandboxOf } from "../paths.ts";
import { refuseRunning } from "../processes/status.ts";
import { deleteFolder } from "../system/folders.ts";

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

/**
 * Deletes the package caches of an instance.
 *
 * @throws {CmgrError} `running`, `not-found`, `damaged`, `locked`, `failed`
 */
export async function clearCaches(context: Context, instance: Instance): Promise<void> {
  const purpose = `doctor --fix --caches ${instance.name}`;
  await withInstanceLocked(context, instance, purpose, async ({ name }) => {
    // Its servers may be running from there.
    await refuseRunning(context.paths, name);
    for (const folder of cachesOf(context.paths, name)) await deleteFolder(folder);
  });
}
