/**
 * `registry.json`: which instances there are. The original cmgr can read it, and its file can be
 * read: the fields `name`, `sandbox_path`, `created_date`, `build_format` and `running` keep their
 * places.
 */
import { type Dictionary, dictionary, namesIn } from "../json/dictionary.ts";
import type { Paths } from "../paths.ts";
import { readRegistry, registryVersion, writeRegistry } from "./registry_file.ts";
import { type InstanceRecord, instancesFile } from "./schemas.ts";

export interface InstanceRegistry {
  /** Fields beside `instances` that cmgr does not know. */
  readonly rest: Readonly<Record<string, unknown>>;
  readonly instances: Dictionary<InstanceRecord>;
}

/** @throws {CmgrError} `damaged` */
export async function readInstances(paths: Paths): Promise<InstanceRegistry> {
  const { instances, version: _version, ...rest } =
    await readRegistry(paths.registry, instancesFile) ?? {};
  return { rest, instances: instances ?? dictionary() };
}

/** Call it under the lock only. */
export async function writeInstances(paths: Paths, registry: InstanceRegistry): Promise<void> {
  await writeRegistry(paths.registry, {
    version: registryVersion,
    ...registry.rest,
    instances: registry.instances,
  });
}

export function namesOf(registry: InstanceRegistry): string[] {
  return namesIn(registry.instances);
}
