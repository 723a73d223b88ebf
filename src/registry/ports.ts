/**
 * `port_registry.json`: ranges, ports, and what was replaced in the configs. `allocated_ports`
 * is the original cmgr's field and keeps its place and meaning; what cmgr adds stands beside it.
 *
 * @module
 */
import { type Dictionary, dictionary, namesIn } from "../dictionary.ts";
import type { Paths } from "../paths.ts";
import { readRegistry, registryVersion, writeRegistry } from "./registry_file.ts";
import { type PortRecord, portsFile, type Reservation } from "./schemas.ts";

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
  const { allocated_ports, instances, reserved, version: _version, ...rest } =
    await readRegistry(paths.ports, portsFile) ?? {};
  return {
    rest,
    bases: allocated_ports ?? dictionary(),
    records: instances ?? dictionary(),
    reserved: reserved ?? dictionary(),
  };
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
  await writeRegistry(paths.ports, {
    version: registryVersion,
    ...registry.rest,
    allocated_ports: registry.bases,
    instances: registry.records,
    ...(Object.keys(registry.reserved).length > 0 ? { reserved: registry.reserved } : {}),
  });
}
