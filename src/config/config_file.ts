/**
 * The config of an instance on disk.
 *
 * @module
 */
import { dirname } from "node:path";
import { ensureFolder, replaceFile } from "../system/write.ts";
import { readTextIfPresent } from "../system/read.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";
import { configOf, type Paths, sandboxOf, writtenOf } from "../paths.ts";
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
  const text = await readConfigText(paths, instance);
  return text === undefined ? undefined : parseConfig(text, configOf(paths, instance), "damaged");
}

/**
 * Reads the config of an instance as it stands, JSON or not.
 *
 * Needs read permission for `~/sandboxes`.
 *
 * @param paths Where sandboxes are
 * @param instance Its name
 * @returns Its text, or `undefined` when there is none
 * @throws {CmgrError} `damaged`, when it cannot be read or lies behind a link
 */
export async function readConfigText(
  paths: Paths,
  instance: string,
): Promise<string | undefined> {
  const path = configOf(paths, instance);
  refuseLinksBelow(sandboxOf(paths, instance), path);
  return await readTextIfPresent(path);
}

/**
 * Whether the config of an instance reads like this; one that cannot be read does not.
 *
 * Needs read permission for `~/sandboxes`.
 *
 * @param paths Where sandboxes are
 * @param instance Its name
 * @param text The text, or `undefined` for none
 */
export async function isConfig(
  paths: Paths,
  instance: string,
  text: string | undefined,
): Promise<boolean> {
  return await readConfigText(paths, instance).then((now) => now === text, () => false);
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
  await rememberWritten(paths, instance, after);
}

/**
 * Remembers a config as cmgr wrote it, so that what the app changes since can be told.
 *
 * Needs read and write permission for `~/.cmgr`.
 *
 * @param paths Where it is kept
 * @param instance Name of the instance
 * @param text The config
 */
export async function rememberWritten(paths: Paths, instance: string, text: string): Promise<void> {
  await ensureFolder(paths.written);
  await replaceFile(writtenOf(paths, instance), text);
}

/**
 * The config of an instance as cmgr last wrote it.
 *
 * Needs read permission for `~/.cmgr`.
 *
 * @param paths Where it is kept
 * @param instance Its name
 * @returns Its text, or `undefined` when cmgr has never written it
 */
export async function readWritten(paths: Paths, instance: string): Promise<string | undefined> {
  return await readTextIfPresent(writtenOf(paths, instance));
}
