/** `port_registry.json`; the original cmgr's field `allocated_ports` keeps its meaning. */
import { type Dictionary, dictionary } from "../json/dictionary.ts";
import type { Paths } from "../paths.ts";
import { readRegistry, registryVersion, writeRegistry } from "./registry_file.ts";
import { moveOldReplaced } from "./replaced.ts";
import { type ConfigMemory, type PortRecord, portsFile, type Reservation } from "./schemas.ts";

export interface PortRegistry {
  /** Fields that cmgr does not know. */
  readonly rest: Readonly<Record<string, unknown>>;
  /** First port of each instance's range. */
  readonly bases: Dictionary<number>;
  readonly records: Dictionary<PortRecord>;
  /** Ranges of removed instances, by entry of the trash. */
  readonly reserved: Dictionary<Reservation>;
  /** What version 0.1 replaced in the configs and kept here; gone once this is written. */
  readonly oldReplaced?: Dictionary<ConfigMemory>;
}

/** @throws {CmgrError} `damaged` */
export async function readPorts(paths: Paths): Promise<PortRegistry> {
  const { allocated_ports, instances, replaced, reserved, version: _version, ...rest } =
    await readRegistry(paths.ports, portsFile) ?? {};
  const records = dictionary<PortRecord>();
  const oldReplaced = dictionary<ConfigMemory>();
  for (const [name, { replaced: old, ...record }] of Object.entries(instances ?? {})) {
    records[name] = record;
    if (old !== undefined) oldReplaced[name] = old;
  }
  Object.assign(oldReplaced, replaced);
  return {
    rest,
    bases: allocated_ports ?? dictionary(),
    records,
    reserved: reserved ?? dictionary(),
    ...(Object.keys(oldReplaced).length > 0 && { oldReplaced }),
  };
}

/** Call it under the lock only. */
export async function writePorts(paths: Paths, registry: PortRegistry): Promise<void> {
  const { rest, bases, records, reserved, oldReplaced } = registry;
  if (oldReplaced !== undefined) await moveOldReplaced(paths, oldReplaced);
  await writeRegistry(paths.ports, {
    version: registryVersion,
    ...rest,
    allocated_ports: bases,
    instances: records,
    ...(Object.keys(reserved).length > 0 && { reserved }),
  });
}
