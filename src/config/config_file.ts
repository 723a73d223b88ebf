import { dirname } from "node:path";
import { attempt } from "../errors.ts";
import { configOf, type Paths, sandboxOf, writtenOf } from "../paths.ts";
import { readTextIfPresent } from "../system/read.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";
import { ensureFolder, replaceFile } from "../system/write.ts";
import { keepBackup } from "./backups.ts";
import { parseConfig, type ParsedConfig } from "./config_text.ts";
import { readConfigText } from "./read_servers.ts";
import { secretsIn } from "./secrets.ts";

/** @throws {CmgrError} `damaged`, when it cannot be read, is not strict JSON, or is behind a link */
export async function readConfig(
  paths: Paths,
  instance: string,
): Promise<ParsedConfig | undefined> {
  const text = await readConfigText(paths, instance);
  return text === undefined ? undefined : parseConfig(text, configOf(paths, instance), "damaged");
}

/** Whether the config is this text, `undefined` for none; false when it cannot be read. */
export async function isConfig(
  paths: Paths,
  instance: string,
  text: string | undefined,
): Promise<boolean> {
  return await readConfigText(paths, instance).then((now) => now === text, () => false);
}

/** Keeps a backup of the old config, if there was one. */
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

/** Remembers a config as cmgr wrote it, so that later changes by the app can be shown. */
export async function rememberWritten(paths: Paths, instance: string, text: string): Promise<void> {
  await ensureFolder(paths.written);
  await replaceFile(writtenOf(paths, instance), text);
}

/** The config as cmgr last wrote it; `undefined` when it never has. */
export async function readWritten(paths: Paths, instance: string): Promise<string | undefined> {
  return await readTextIfPresent(writtenOf(paths, instance));
}

/** The secrets in the config, the longest first; none when it cannot be read. */
export async function knownSecrets(paths: Paths, instance: string): Promise<string[]> {
  const read = await attempt(() => readConfigText(paths, instance));
  return "value" in read && read.value !== undefined ? secretsIn(read.value) : [];
}
