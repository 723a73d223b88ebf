/**
 * Marks of instances that are being created, by which doctor finds what a crash left. They are in
 * `~/.cmgr`, where no app can write.
 */
import { join } from "node:path";
import { type Paths, sandboxOf } from "../paths.ts";
import { ensureFolder, isPresent, removeIfPresent, replaceFile } from "../system/write.ts";

export function creatingOf(paths: Paths, instance: string): string {
  return join(paths.creating, instance);
}

/** Call it under the lock, before the sandbox gets its name. */
export async function markCreating(paths: Paths, instance: string): Promise<void> {
  await ensureFolder(paths.creating);
  await replaceFile(creatingOf(paths, instance), "");
}

/** Call it once the instance is registered. */
export async function markCreated(paths: Paths, instance: string): Promise<void> {
  await removeIfPresent(creatingOf(paths, instance));
}

/** Whether a crash left this sandbox, as long as no instance of that name is registered. */
export async function isHalfCreated(paths: Paths, instance: string): Promise<boolean> {
  return await isPresent(creatingOf(paths, instance)) &&
    await isPresent(sandboxOf(paths, instance));
}
