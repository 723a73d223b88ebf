import { parseValid } from "../json/validate.ts";
import { configIn, configOf, type Paths, sandboxOf } from "../paths.ts";
import { readTextIfPresent } from "../system/read.ts";
import { configFields, type ServerList, serversIn } from "./server_entries.ts";

/** @throws {CmgrError} `damaged`, when it cannot be read or is behind a link */
export async function readConfigText(
  paths: Paths,
  instance: string,
): Promise<string | undefined> {
  return await readConfigTextIn(sandboxOf(paths, instance));
}

/** As {@linkcode readConfigText}, for a sandbox that lies elsewhere, such as in the trash. */
export async function readConfigTextIn(sandbox: string): Promise<string | undefined> {
  return await readTextIfPresent(configIn(sandbox));
}

/**
 * For commands that only read: no JSON tree is built.
 *
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
