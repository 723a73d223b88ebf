/**
 * `port_registry.json`: ranges, ports, and what was replaced in the configs. `allocated_ports`
 * is the original cmgr's field and keeps its place and meaning; what cmgr adds stands beside it.
 *
 * @module
 */
import { type Dictionary, dictionary, namesIn } from "../dictionary.ts";
import type { Paths } from "../paths.ts";
import { readRegistry, registryVersion, writeRegistry } from "./registry_file.ts";
import { type PortRecord, portsFile, portsInBrief, type Reservation } from "./schemas.ts";

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

/** Who has which ports: enough to tell, not to change anything. */
export type PortsInBrief = Pick<PortRegistry, "bases" | "records">;

/**
 * Reads who has which ports, and leaves the rest aside: what was replaced in the configs is nine
 * tenths of the file.
 *
 * Needs read permission for `~/.cmgr`.
 *
 * @param paths Where the file is
 * @throws {CmgrError} `damaged`, when what is read cannot be used
 */
export async function readPortsInBrief(paths: Paths): Promise<PortsInBrief> {
  const { allocated_ports, instances } =
    await readRegistry(paths.ports, portsInBrief, withoutReplaced) ?? {};
  return { bases: allocated_ports ?? dictionary(), records: instances ?? dictionary() };
}

/**
 * Cuts what was replaced out of the lines that {@linkcode writePorts} writes, in which it stands
 * last; a file in another form stays as it is, and is as good.
 *
 * @param text The whole file
 */
export function withoutReplaced(text: string): string {
  // Within a text its quotes would have backslashes before them.
  return text.replace(/^( {4}".*?),"replaced":\{.*\}(\},?)$/gm, "$1$2");
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
