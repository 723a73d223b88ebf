import { parseValid } from "../json/validate.ts";
import { configOf, type Paths, sandboxOf } from "../paths.ts";
import { readTextIfPresent } from "../system/read.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";
import { configFields, type ServerList, serversIn } from "./server_entries.ts";

/**
 * The config, JSON or not.
 *
 * @returns `undefined` when there is none
 * @throws {CmgrError} `damaged`, when it cannot be read or is behind a link
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
 * The servers in the config of an instance, for commands that only read.
 *
 * @returns `undefined` when there is no config
 * @throws {CmgrError} `damaged`, when it cannot be read, is not strict JSON, or is behind a link
 */
export async function readServers(
  paths: Paths,
  instance: string,
): Promise<ServerList | undefined> {
  const text = await readConfigText(paths, instance);
  if (text === undefined) return undefined;
  const valid = parseValid(text, configFields);
  if (valid !== undefined) {
    const { mcpServers = {} } = valid.value;
    return serversIn(mcpServers, Object.keys(mcpServers));
  }
  // Loaded for its errors alone.
  const { parseConfig } = await import("./config_text.ts");
  return parseConfig(text, configOf(paths, instance), "damaged");
}
