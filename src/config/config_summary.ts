/**
 * What the config of an instance says of its servers, without the places in the text: enough to
 * report, and read in a fraction of the time, which tells where there are hundreds of instances.
 *
 * @module
 */
import { readTextIfPresent } from "../system/read.ts";
import { configOf, type Paths } from "../paths.ts";
import type { Watched } from "../catalogue/hazards.ts";

/** The servers of a config. */
export interface ConfigSummary {
  /** How many there are, those with a URL alone among them. */
  readonly servers: number;
  /** Those that start a program. */
  readonly entries: readonly Watched[];
}

/**
 * Reads what the config of an instance says of its servers.
 *
 * Needs read permission for `~/sandboxes`.
 *
 * @param paths Where sandboxes are
 * @param instance Its name
 * @returns `undefined` when there is no config
 * @throws {CmgrError} `damaged`, as `readConfig` of `config_file.ts` does
 */
export async function readSummary(
  paths: Paths,
  instance: string,
): Promise<ConfigSummary | undefined> {
  const text = await readTextIfPresent(configOf(paths, instance));
  if (text === undefined) return undefined;
  const summary = summaryOf(text);
  if (summary !== undefined) return summary;
  // Something is wrong with it: the parser that knows where is loaded only now.
  const { parseConfig } = await import("./config_text.ts");
  parseConfig(text, configOf(paths, instance), "damaged");
  throw new Error(`${configOf(paths, instance)} is sound to one parser and not to the other`);
}

/**
 * What a config says of its servers: pure.
 *
 * @param text The config
 * @returns `undefined` when it is not as the app would have it
 */
export function summaryOf(text: string): ConfigSummary | undefined {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(config)) return undefined;
  const servers = Object.hasOwn(config, "mcpServers") ? config.mcpServers : {};
  if (!isObject(servers)) return undefined;
  const entries: Watched[] = [];
  for (const [key, entry] of Object.entries(servers)) {
    if (!isObject(entry)) return undefined;
    const own = (field: string) => Object.hasOwn(entry, field) ? entry[field] : undefined;
    const [command, args = [], env = {}] = [own("command"), own("args"), own("env")];
    if (command === undefined) continue;
    if (typeof command !== "string" || !isTexts(args) || !isObject(env)) return undefined;
    entries.push({ key, command, args, variables: Object.keys(env) });
  }
  return { servers: Object.keys(servers).length, entries };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((word) => typeof word === "string");
}
