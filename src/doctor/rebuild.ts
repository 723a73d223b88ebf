/** Rebuilds lost registries from the sandboxes and the trash. */
import type { Context } from "../context.ts";
import { type Dictionary, dictionary, withKey } from "../json/dictionary.ts";
import { infoOf, listFolder } from "../system/folders.ts";
import { type Paths, sandboxOf } from "../paths.ts";
import { recognise } from "../catalogue/recognise.ts";
import { copyVariables } from "../catalogue/copies.ts";
import { portCount } from "../catalogue/apply_rule.ts";
import type { Rule } from "../catalogue/rule.ts";
import { isHalfCreated } from "../registry/creating.ts";
import { isName } from "../registry/names.ts";
import { withAllocation } from "../registry/ranges.ts";
import type { PortRegistry } from "../registry/ports.ts";
import type { ConfigMemory, InstanceRecord, PortRecord } from "../registry/schemas.ts";
import { contains, type Range } from "../ports/layout.ts";
import { defaultLayout } from "../settings/port_layout.ts";
import { allocateWithin } from "../reconcile/choose_allocation.ts";
import { baseIn, isEntryOf, portIn, readSoundConfig } from "../reconcile/lost_ports.ts";
import type { Entry, ParsedConfig } from "../config/config_text.ts";
import { memberOf, membersOf } from "../json/node.ts";
import { managedVariables } from "../catalogue/spec_rules.ts";
import { wantedBy } from "../reconcile/patches.ts";
import { newRecord } from "../instances/create.ts";
import { readTrash, reservedMs } from "../instances/trash.ts";

/**
 * The names of all complete sandboxes, registered or not. Those of registered instances are
 * complete, even if a crash left a mark on them.
 */
export async function findSandboxes(
  paths: Paths,
  registered: readonly string[] = [],
): Promise<string[]> {
  const names: string[] = [];
  for (const { name, isDirectory } of await listFolder(paths.sandboxes)) {
    if (!isDirectory || !isName(name)) continue;
    if (registered.includes(name) || !await isHalfCreated(paths, name)) names.push(name);
  }
  return names;
}

export async function recordFor(paths: Paths, name: string): Promise<InstanceRecord> {
  const info = await infoOf(sandboxOf(paths, name));
  return newRecord(paths, name, info?.birthtime ?? info?.mtime ?? new Date());
}

/**
 * The ports as the configs and the trash have them, so that every instance keeps its own.
 *
 * @returns Also what cmgr wrote into each config; what was there before is no longer known
 */
export async function rebuildPorts(
  context: Context,
  names: readonly string[],
): Promise<{ registry: PortRegistry; replaced: Dictionary<ConfigMemory> }> {
  const { paths } = context;
  const rules = await context.rules();
  const reserved: PortRegistry["reserved"] = dictionary();
  const replaced: Dictionary<ConfigMemory> = dictionary();
  let registry: PortRegistry = { rest: {}, bases: dictionary(), records: dictionary(), reserved };
  for (const name of names) {
    const config = await readSoundConfig(paths, name);
    const found = config && portsIn(name, config, rules, context.settings.layout().portRange);
    if (found === undefined) continue;
    const { base, record } = found;
    replaced[name] = found.replaced;
    registry = { ...registry, records: withKey(registry.records, name, record) };
    // A pinned tool also has a place in the range, which its config does not show.
    const range = { base, size: record.size! };
    const wanted = wantedBy(config!.entries, rules);
    const allocation = await allocateWithin(context, name, registry, range, wanted);
    registry = withAllocation(registry, name, allocation);
  }
  for (const { id, record } of (await readTrash(paths)).entries) {
    const until = new Date(Date.parse(record.removed) + reservedMs);
    if (record.base === undefined || Number.isNaN(until.getTime())) continue;
    const size = record.ports?.size ?? defaultLayout.portRange;
    reserved[id] = { base: record.base, size, until: until.toISOString() };
  }
  return { registry, replaced };
}

function portsIn(
  name: string,
  config: ParsedConfig,
  rules: readonly Rule[],
  size: number,
): { base: number; record: PortRecord; replaced: ConfigMemory } | undefined {
  const base = baseIn(name, config.entries);
  if (base === undefined) return undefined;
  const offsets = dictionary<number[]>();
  const copies = dictionary<number[]>();
  const pins = dictionary<number[]>();
  const replaced: ConfigMemory = dictionary();
  for (const recognised of recognise(config.entries, rules)) {
    const { key, tool, rule } = recognised;
    const entry = config.entries.find((entry) => entry.key === key)!;
    const port = portIn(entry, "MCP_PORT");
    if (!isEntryOf(name, entry) || port === undefined) continue;
    const places = [port, ...otherPorts(entry, { base, size }, port)].slice(
      0,
      portCount(recognised),
    );
    const further = portsOfCopiesIn(entry).filter((port) => contains({ base, size }, port));
    if (further.length > 0) copies[tool] = further.map((port) => port - base);
    if (!contains({ base, size }, port)) pins[tool] = places;
    else if (rule?.offset !== port - base) offsets[tool] = places.map((place) => place - base);
    replaced[key] = { env: writtenIn(entry, places) };
  }
  const record = { size, offsets, copies, ...(Object.keys(pins).length > 0 && { pins }) };
  return { base, record, replaced };
}

const ownVariables: readonly string[] = [...managedVariables, ...copyVariables];

/** What cmgr wrote into an entry; the values before that are lost. */
function writtenIn(entry: Entry, ports: readonly number[]): ConfigMemory[string]["env"] {
  const env: ConfigMemory[string]["env"] = dictionary();
  for (const { key, value } of membersOf(entry.env!)) {
    const isPort = ports.some((port) => String(value.value).match(/\d+/g)?.includes(String(port)));
    if (!ownVariables.includes(key) && !isPort) continue;
    env[key] = { was: null, wrote: [JSON.stringify(value.value)] };
  }
  return env;
}

/** The ports of all copies but the first. */
function portsOfCopiesIn(entry: Entry): number[] {
  const text = memberOf(entry.env!, "CMGR_COPY_PORTS")?.value.value;
  const [, ...further] = String(text ?? "").split(" ");
  return (further.join(" ").match(/\d{1,5}/g) ?? []).map(Number);
}

/** Further ports of its range that an entry names, in the order of the text. */
function otherPorts(entry: Entry, range: Range, own: number): number[] {
  const foreign = membersOf(entry.env!).filter(({ key }) => !ownVariables.includes(key));
  const texts = [...foreign.map(({ value }) => String(value.value)), ...entry.args];
  const numbers = texts.flatMap((text) => text.match(/\d{4,5}/g) ?? []).map(Number);
  return [...new Set(numbers)].filter((number) =>
    number !== own && number > range.base && contains(range, number)
  );
}
