/**
 * `registry.json`: which instances there are. Readable by and from the original cmgr, whose
 * fields `name`, `sandbox_path`, `created_date`, `build_format` and `running` keep their places.
 */
import { type Dictionary, dictionary, namesIn } from "../json/dictionary.ts";
import type { Paths } from "../paths.ts";
import { readRegistry, registryVersion, writeRegistry } from "./registry_file.ts";
import { type InstanceRecord, instancesFile } from "./schemas.ts";

/** The whole of `registry.json`. */
export interface InstanceRegistry {
  /** Fields beside `instances` that cmgr does not know. */
  readonly rest: Readonly<Record<string, unknown>>;
  /** The instances by name. */
  readonly instances: Dictionary<InstanceRecord>;
}

/**
 * Reads the instances; without a file there are none.
 *
 * @throws {CmgrError} `damaged`, when the file cannot be used
 */
export async function readInstances(paths: Paths): Promise<InstanceRegistry> {
  const { instances, version: _version, ...rest } =
    await readRegistry(paths.registry, instancesFile) ?? {};
  return { rest, instances: instances ?? dictionary() };
}

/** Writes the instances. Call it under the lock only. */
export async function writeInstances(paths: Paths, registry: InstanceRegistry): Promise<void> {
  await writeRegistry(paths.registry, {
    version: registryVersion,
    ...registry.rest,
    instances: registry.instances,
  });
}

/** The names of all instances, in the order in which people look for them. */
export function namesOf(registry: InstanceRegistry): string[] {
  return namesIn(registry.instances);
}
