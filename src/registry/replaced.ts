/**
 * `~/.cmgr/replaced/NAME.json`: what cmgr replaced in the config of an instance, to be restored.
 * The file is written before the config and removed after it, so a crash in between loses nothing.
 */
import { type Dictionary, dictionary } from "../json/dictionary.ts";
import { type Paths, replacedOf } from "../paths.ts";
import { ensureFolder, isPresent, removeIfPresent } from "../system/write.ts";
import { isName } from "./names.ts";
import { readRegistry, registryVersion, writeRegistry } from "./registry_file.ts";
import { type ConfigMemory, replacedFile } from "./schemas.ts";

/**
 * @param oldReplaced What version 0.1 kept in the port registry, and is not moved yet
 * @throws {CmgrError} `damaged`
 */
export async function readReplaced(
  paths: Paths,
  instance: string,
  { oldReplaced = {} }: { readonly oldReplaced?: Dictionary<ConfigMemory> },
): Promise<ConfigMemory | undefined> {
  const file = await readRegistry(replacedOf(paths, instance), replacedFile);
  if (file !== undefined) return file.servers ?? dictionary();
  return Object.hasOwn(oldReplaced, instance) ? oldReplaced[instance] : undefined;
}

/** Call it under the lock only. */
export async function writeReplaced(
  paths: Paths,
  instance: string,
  servers: ConfigMemory,
): Promise<void> {
  await ensureFolder(paths.replaced);
  await writeRegistry(replacedOf(paths, instance), { version: registryVersion, servers });
}

/** The port registry must have been written since version 0.1. */
export async function removeReplaced(paths: Paths, instance: string): Promise<void> {
  await removeIfPresent(replacedOf(paths, instance));
}

/** Moves what version 0.1 kept in the port registry to files; an existing file is newer. */
export async function moveOldReplaced(paths: Paths, old: Dictionary<ConfigMemory>): Promise<void> {
  for (const [name, servers] of Object.entries(old)) {
    if (!isName(name) || await isPresent(replacedOf(paths, name))) continue;
    await writeReplaced(paths, name, servers);
  }
}
