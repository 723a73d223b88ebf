/**
 * Lost registries, made anew from what lies in the sandboxes and the trash.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { dictionary, withKey } from "../json/dictionary.ts";
import { CmgrError } from "../errors.ts";
import { isPresent } from "../system/write.ts";
import { infoOf, listFolder } from "../system/folders.ts";
import { type Paths, sandboxOf } from "../paths.ts";
import { recognise } from "../catalogue/recognise.ts";
import { portCount } from "../catalogue/apply_rule.ts";
import type { Rule } from "../catalogue/rule.ts";
import { checkName } from "../registry/names.ts";
import { withAllocation } from "../registry/ranges.ts";
import type { PortRegistry } from "../registry/ports.ts";
import type { ConfigMemory, InstanceRecord, PortRecord } from "../registry/schemas.ts";
import { defaultLayout, highestPort } from "../settings/settings.ts";
import { allocateWithin } from "../reconcile/choose_allocation.ts";
import { readConfig } from "../config/config_file.ts";
import type { Entry, ParsedConfig } from "../config/config_text.ts";
import { memberOf, membersOf } from "../json/node.ts";
import { isIncomplete } from "../sandbox/folder.ts";
import { managedVariables } from "../catalogue/built_in.ts";
import { isWrittenByCmgr } from "../config/managed_env.ts";
import { wantedBy } from "../reconcile/patches.ts";
import { readTrash, reservedMs } from "../instances/trash.ts";

/**
 * The sandboxes that are there, whatever the registry says.
 *
 * Needs read permission for `~/sandboxes`.
 *
 * @param paths Where they are
 * @param registered Names of instances: theirs are complete, even if a crash left a mark on them
 * @returns Names
 */
export async function findSandboxes(
  paths: Paths,
  registered: readonly string[] = [],
): Promise<string[]> {
  const names: string[] = [];
  for (const { name, isDirectory } of await listFolder(paths.sandboxes)) {
    if (!isDirectory || !isName(name)) continue;
    if (registered.includes(name) || !await isIncomplete(sandboxOf(paths, name))) names.push(name);
  }
  return names;
}

/**
 * What `registry.json` shall say of a sandbox that is there.
 *
 * Needs read permission for `~/sandboxes`.
 *
 * @param paths Where it is
 * @param name Its name
 */
export async function recordFor(paths: Paths, name: string): Promise<InstanceRecord> {
  const info = await infoOf(sandboxOf(paths, name));
  const created = info?.birthtime ?? info?.mtime ?? new Date();
  return {
    name,
    sandbox_path: sandboxOf(paths, name),
    created_date: created.toISOString(),
    running: false,
  };
}

/**
 * Refuses to go on when `port_registry.json` is gone though configs have ports: new ranges would
 * be laid over those.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param paths Where things are
 * @param names The instances
 * @throws {CmgrError} `damaged`
 */
export async function refuseLostPorts(paths: Paths, names: readonly string[]): Promise<void> {
  const lost = await lostPorts(paths, names);
  if (lost.length === 0) return;
  throw new CmgrError(
    "damaged",
    `${paths.ports} is gone, though there are configs with ports in them: ${lost.join(", ")}`,
    "Make it anew from the configs, with the ports that they have: cmgr doctor --fix",
  );
}

/**
 * The instances whose configs have ports though `port_registry.json` is gone.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param paths Where things are
 * @param names The instances
 */
export async function lostPorts(paths: Paths, names: readonly string[]): Promise<string[]> {
  if (names.length === 0 || await isPresent(paths.ports)) return [];
  const configs = await Promise.all(names.map((name) => configIfSound(paths, name)));
  return names.filter((name, i) => baseIn(name, configs[i]?.entries ?? []) !== undefined);
}

/**
 * The ports as the configs and the trash have them, so that every instance has its old ones again.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param context Where things are
 * @param names The instances
 */
export async function rebuildPorts(
  context: Context,
  names: readonly string[],
): Promise<PortRegistry> {
  const { paths } = context;
  const rules = await context.rules();
  const reserved: PortRegistry["reserved"] = dictionary();
  let registry: PortRegistry = { rest: {}, bases: dictionary(), records: dictionary(), reserved };
  for (const name of names) {
    const config = await configIfSound(paths, name);
    const found = config && portsIn(name, config, rules, context.settings.layout.portRange);
    if (found === undefined) continue;
    const { base, record } = found;
    registry = {
      ...registry,
      bases: withKey(registry.bases, name, base),
      records: withKey(registry.records, name, record),
    };
    // A pinned tool has a place in the range too, which its config does not tell.
    const range = { base, size: record.size! };
    const allocation = allocateWithin(range, registry, name, wantedBy(config!.entries, rules));
    registry = withAllocation(registry, name, allocation, record.replaced);
  }
  for (const { id, record } of (await readTrash(paths)).entries) {
    const until = new Date(Date.parse(record.removed) + reservedMs);
    if (record.base === undefined || Number.isNaN(until.getTime())) continue;
    const size = record.ports?.size ?? defaultLayout.portRange;
    reserved[id] = { base: record.base, size, until: until.toISOString() };
  }
  return registry;
}

/** Range and ports as one config has them: pure. */
function portsIn(
  name: string,
  config: ParsedConfig,
  rules: readonly Rule[],
  size: number,
): { base: number; record: PortRecord } | undefined {
  const base = baseIn(name, config.entries);
  if (base === undefined) return undefined;
  const offsets: NonNullable<PortRecord["offsets"]> = dictionary();
  const pins: NonNullable<PortRecord["pins"]> = dictionary();
  const replaced: ConfigMemory = dictionary();
  for (const { key, tool, rule } of recognise(config.entries, rules)) {
    const entry = config.entries.find((entry) => entry.key === key)!;
    const port = numberIn(entry, "MCP_PORT");
    if (!isOwn(name, entry) || port === undefined) continue;
    const places = [port, ...otherNumbers(entry, base, port)].slice(0, portCount(rule));
    if (port < base || port >= base + size) pins[tool] = places;
    else if (rule?.offset !== port - base) offsets[tool] = places.map((place) => place - base);
    replaced[key] = { env: writtenIn(entry, places) };
  }
  return {
    base,
    record: { size, offsets, ...(Object.keys(pins).length > 0 && { pins }), replaced },
  };
}

/** What cmgr wrote into an entry: nothing was there before, as far as anyone knows now. */
function writtenIn(entry: Entry, ports: readonly number[]): ConfigMemory[string]["env"] {
  const env: ConfigMemory[string]["env"] = dictionary();
  for (const { key, value } of membersOf(entry.env!)) {
    const isPort = ports.some((port) => String(value.value).match(/\d+/g)?.includes(String(port)));
    if (!managedVariables.includes(key) && !isPort) continue;
    env[key] = { was: null, wrote: [JSON.stringify(value.value)] };
  }
  return env;
}

/** The base that most entries name. */
function baseIn(name: string, entries: readonly Entry[]): number | undefined {
  const bases = entries.filter((entry) => isOwn(name, entry))
    .flatMap((entry) => numberIn(entry, "MCP_BASE_PORT") ?? []);
  const count = (base: number) => bases.filter((other) => other === base).length;
  return bases.toSorted((a, b) => count(b) - count(a))[0];
}

/** An entry that was copied from another instance by hand says nothing of this one. */
function isOwn(name: string, entry: Entry): boolean {
  return isWrittenByCmgr(entry.env) &&
    memberOf(entry.env!, "CLAUDE_INSTANCE")?.value.value === name;
}

function numberIn(entry: Entry, variable: string): number | undefined {
  const value = entry.env && memberOf(entry.env, variable)?.value.value;
  const number = /^\d{1,5}$/.test(String(value)) ? Number(value) : 0;
  return number >= 1 && number <= highestPort ? number : undefined;
}

/** Further ports of its range that an entry names, in the order of the text. */
function otherNumbers(entry: Entry, base: number, own: number): number[] {
  const texts = [
    ...membersOf(entry.env!).filter(({ key }) => !managedVariables.includes(key))
      .map(({ value }) => String(value.value)),
    ...entry.args,
  ];
  const numbers = texts.flatMap((text) => text.match(/\d{4,5}/g) ?? []).map(Number);
  return [...new Set(numbers)].filter((number) =>
    number !== own && number > base && number < base + defaultLayout.portRange
  );
}

async function configIfSound(paths: Paths, name: string): Promise<ParsedConfig | undefined> {
  try {
    return await readConfig(paths, name);
  } catch (error) {
    if (error instanceof CmgrError) return undefined;
    throw error;
  }
}

function isName(text: string): boolean {
  try {
    checkName(text);
    return true;
  } catch {
    return false;
  }
}
