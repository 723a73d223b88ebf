/** The config of an instance on disk. */
import { dirname } from "node:path";
import { configOf, type Paths, sandboxOf, writtenOf } from "../paths.ts";
import { readTextIfPresent } from "../system/read.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";
import { ensureFolder, replaceFile } from "../system/write.ts";
import { keepBackup } from "./backups.ts";
import { parseConfig, type ParsedConfig } from "./config_text.ts";

/**
 * @returns `undefined` when there is none
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
 * The config as it stands, JSON or not.
 *
 * @returns `undefined` when there is none
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

/** Whether the config reads like this, `undefined` for none; one that cannot be read does not. */
export async function isConfig(
  paths: Paths,
  instance: string,
  text: string | undefined,
): Promise<boolean> {
  return await readConfigText(paths, instance).then((now) => now === text, () => false);
}

/**
 * Replaces the config, and keeps a backup of the one that was there.
 *
 * @param before `undefined` when there was none
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

/** Remembers a config as cmgr wrote it, so that later changes by the app can be told apart. */
export async function rememberWritten(paths: Paths, instance: string, text: string): Promise<void> {
  await ensureFolder(paths.written);
  await replaceFile(writtenOf(paths, instance), text);
}

/** The config as cmgr last wrote it; `undefined` when it never has. */
export async function readWritten(paths: Paths, instance: string): Promise<string | undefined> {
  return await readTextIfPresent(writtenOf(paths, instance));
}
