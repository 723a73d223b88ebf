/** The config of a renamed instance. */
import { parseConfig, type ParsedConfig } from "../config/config_text.ts";
import { readConfigTextIn } from "../config/read_servers.ts";
import { withFolder } from "../config/servers.ts";
import { configIn } from "../paths.ts";

/** Makes JSON texts name another folder; what else is in a value stays. */
export function followTo(from: string, to: string): <T>(value: T) => T {
  const [before, after] = [from, to].map((path) => JSON.stringify(path).slice(1, -1));
  return <T>(value: T) => withFolder(value, before, after) as T;
}

/**
 * The config with the paths of the new sandbox. Read it before anything is moved: one that cannot
 * be read is an error then that changes nothing.
 *
 * @param sandbox Where the sandbox is now
 * @returns `undefined` when there is none
 * @throws {CmgrError} `damaged`
 */
export async function readRenamed(
  sandbox: string,
  follow: (text: string) => string,
): Promise<{ config: ParsedConfig; before: string } | undefined> {
  const before = await readConfigTextIn(sandbox);
  if (before === undefined) return undefined;
  return { config: parseConfig(follow(before), configIn(sandbox), "damaged"), before };
}
