/** What the config of an instance says of its servers. */
import type { Watched } from "../catalogue/hazards.ts";
import type { Paths } from "../paths.ts";
import { readConfig } from "./config_file.ts";

/** The servers of a config. */
export interface ConfigSummary {
  /** How many there are, those with only a URL among them. */
  readonly servers: number;
  /** Those that start a program. */
  readonly entries: readonly Watched[];
}

/**
 * @returns `undefined` when there is no config
 * @throws {CmgrError} `damaged`
 */
export async function readSummary(
  paths: Paths,
  instance: string,
): Promise<ConfigSummary | undefined> {
  return await readConfig(paths, instance);
}
