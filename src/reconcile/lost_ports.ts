import { attempt, CmgrError } from "../errors.ts";
import { readConfig } from "../config/config_file.ts";
import { type Entry, isWrittenByCmgr, type ParsedConfig } from "../config/config_text.ts";
import { memberOf } from "../json/node.ts";
import type { Paths } from "../paths.ts";
import { highestPort } from "../settings/port_layout.ts";
import { isPresent } from "../system/write.ts";

/** @throws {CmgrError} `damaged`: new ranges would overlap with those in the configs */
export async function refuseLostPorts(paths: Paths, names: readonly string[]): Promise<void> {
  const lost = await lostPorts(paths, names);
  if (lost.length === 0) return;
  throw new CmgrError(
    "damaged",
    `${paths.ports} is missing, but these configs have ports: ${lost.join(", ")}`,
    "Rebuild it from the ports in those configs: cmgr doctor --fix",
  );
}

/** The instances whose configs have ports though `port_registry.json` is gone. */
export async function lostPorts(paths: Paths, names: readonly string[]): Promise<string[]> {
  if (names.length === 0 || await isPresent(paths.ports)) return [];
  const configs = await Promise.all(names.map((name) => readSoundConfig(paths, name)));
  return names.filter((name, i) => baseIn(name, configs[i]?.entries ?? []) !== undefined);
}

/** `undefined` when there is none, or it cannot be used. */
export async function readSoundConfig(
  paths: Paths,
  name: string,
): Promise<ParsedConfig | undefined> {
  const read = await attempt(() => readConfig(paths, name));
  return "value" in read ? read.value : undefined;
}

export function baseIn(name: string, entries: readonly Entry[]): number | undefined {
  const bases = entries.filter((entry) => isEntryOf(name, entry))
    .flatMap((entry) => portIn(entry, "MCP_BASE_PORT") ?? []);
  const count = (base: number) => bases.filter((other) => other === base).length;
  return bases.toSorted((a, b) => count(b) - count(a))[0];
}

/** False for an entry that was copied from another instance by hand. */
export function isEntryOf(name: string, entry: Entry): boolean {
  return isWrittenByCmgr(entry.env) &&
    memberOf(entry.env!, "CLAUDE_INSTANCE")?.value.value === name;
}

export function portIn(entry: Entry, variable: string): number | undefined {
  const value = entry.env && memberOf(entry.env, variable)?.value.value;
  const number = /^\d{1,5}$/.test(String(value)) ? Number(value) : 0;
  return number >= 1 && number <= highestPort ? number : undefined;
}
