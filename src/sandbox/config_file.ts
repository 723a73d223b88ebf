/**
 * The config of an instance on disk.
 *
 * @module
 */
import { dirname } from "node:path";
import { ensureFolder, readTextIfPresent, replaceFile } from "../files.ts";
import { refuseLinksBelow } from "../links.ts";
import { configOf, type Paths, sandboxOf } from "../paths.ts";
import { keepBackup } from "./backups.ts";
import { parseConfig, type ParsedConfig } from "./config_text.ts";

/**
 * Reads and checks the config of an instance.
 *
 * Needs read permission for `~/sandboxes`.
 *
 * @param paths Where sandboxes are
 * @param instance Its name
 * @returns The config, or `undefined` when there is none
 * @throws {CmgrError} `damaged`, when it cannot be read, is no strict JSON, or lies behind a link
 */
export async function readConfig(
  paths: Paths,
  instance: string,
): Promise<ParsedConfig | undefined> {
  const path = configOf(paths, instance);
  refuseLinksBelow(sandboxOf(paths, instance), path);
  const text = await readTextIfPresent(path);
  return text === undefined ? undefined : parseConfig(text, path, "damaged");
}

/**
 * Replaces the config of an instance, keeping a backup of the one that was there.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param paths Where things are
 * @param instance Its name
 * @param before Text of the config that was there
 * @param after Text of the new one
 */
export async function replaceConfig(
  paths: Paths,
  instance: string,
  before: string | undefined,
  after: string,
): Promise<void> {
  const path = configOf(paths, instance);
  refuseLinksBelow(sandboxOf(paths, instance), path);
  if (before !== undefined) await keepBackup(paths, instance, before);
  await ensureFolder(dirname(path));
  await replaceFile(path, after);
}
