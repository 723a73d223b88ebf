/**
 * `port_registry.json`: ranges, ports, and what was replaced in the configs. `allocated_ports`
 * is the original cmgr's field and keeps its place and meaning; what cmgr adds stands beside it.
 *
 * @module
 */
import { type Dictionary, dictionary, namesIn } from "../json/dictionary.ts";
import type { Paths } from "../paths.ts";
import { readRegistry, registryVersion, writeRegistry } from "./registry_file.ts";
import {
  type ConfigMemory,
  type PortRecord,
  type PortsFile,
  portsFile,
  type Reservation,
} from "./schemas.ts";

/** It stands last, so that those who do not ask for it read the file no further. */
const replacedField = "replaced";

/** The whole of `port_registry.json`. */
export interface PortRegistry {
  /** Fields that cmgr does not know. */
  readonly rest: Readonly<Record<string, unknown>>;
  /** First port of each instance's range. */
  readonly bases: Dictionary<number>;
  /** The rest of what is known, by instance. */
  readonly records: Dictionary<PortRecord>;
  /** Ranges of removed instances, by entry of the trash. */
  readonly reserved: Dictionary<Reservation>;
}

/**
 * Reads the ports; without a file none are given.
 *
 * Needs read permission for `~/.cmgr`.
 *
 * @param paths Where the file is
 * @throws {CmgrError} `damaged`, when the file cannot be used
 */
export async function readPorts(paths: Paths): Promise<PortRegistry> {
  return portsIn(await readRegistry(paths.ports, portsFile) ?? {});
}

/**
 * The ports out of what stands in the file: pure.
 *
 * @param file What stands there
 */
export function portsIn(
  { allocated_ports, instances, replaced, reserved, version: _version, ...rest }: PortsFile,
): PortRegistry {
  const records = instances ?? dictionary();
  for (const [name, memory] of Object.entries(replaced ?? {})) {
    records[name] = { ...records[name], replaced: memory };
  }
  return {
    rest,
    bases: allocated_ports ?? dictionary(),
    records,
    reserved: reserved ?? dictionary(),
  };
}

/** Who has which ports: enough to tell, not to change anything. */
export type PortsInBrief = Pick<PortRegistry, "bases" | "records">;

/**
 * Reads who has which ports, and leaves the rest aside: what was replaced in the configs is nine
 * tenths of the file, and stands last.
 *
 * Needs read permission for `~/.cmgr`.
 *
 * @param paths Where the file is
 * @throws {CmgrError} `damaged`, when what is read cannot be used
 */
export async function readPortsInBrief(paths: Paths): Promise<PortsInBrief> {
  return await readPorts(paths);
}

/**
 * The names of all instances that have a range.
 *
 * @param registry The ports
 */
export function namesOfPorts(registry: PortRegistry): string[] {
  return namesIn(registry.bases);
}

/**
 * Writes the ports. Call it under the lock only.
 *
 * Needs read and write permission for `~/.cmgr`.
 *
 * @param paths Where the file is
 * @param registry The whole content
 */
export async function writePorts(paths: Paths, registry: PortRegistry): Promise<void> {
  await writeRegistry(paths.ports, { version: registryVersion, ...fileOf(registry) });
}

/**
 * What stands in the file for these ports: pure.
 *
 * @param registry The ports
 */
export function fileOf({ rest, bases, records, reserved }: PortRegistry): PortsFile {
  const instances = dictionary<PortRecord>();
  const memories = dictionary<ConfigMemory>();
  for (const [name, { replaced, ...record }] of Object.entries(records)) {
    if (replaced !== undefined) memories[name] = replaced;
    if (replaced === undefined || Object.keys(record).length > 0) instances[name] = record;
  }
  return {
    ...rest,
    allocated_ports: bases,
    instances,
    ...(Object.keys(reserved).length > 0 && { reserved }),
    ...(Object.keys(memories).length > 0 && { [replacedField]: memories }),
  };
}
