/**
 * `registry.json`, shared with the original cmgr: the fields `name`, `sandbox_path`,
 * `created_date`, `build_format` and `running` keep their places.
 */
import { nearest } from "../json/nearest.ts";
import { type Dictionary, dictionary, namesIn } from "../json/dictionary.ts";
import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { checkName, isName } from "./names.ts";
import { readRegistry, registryVersion, writeRegistry } from "./registry_file.ts";
import { type InstanceRecord, instancesFile } from "./schemas.ts";

export interface InstanceRegistry {
  /** Fields that cmgr does not know. */
  readonly rest: Readonly<Record<string, unknown>>;
  readonly instances: Dictionary<InstanceRecord>;
  /** Entries of another program whose key cannot be a name: kept, and not used. */
  readonly misnamed?: Dictionary<InstanceRecord>;
}

/** @throws {CmgrError} `damaged` */
export async function readInstances(paths: Paths): Promise<InstanceRegistry> {
  const { instances, version: _version, ...rest } =
    await readRegistry(paths.registry, instancesFile) ?? {};
  const all = Object.entries(instances ?? {});
  if (all.every(([name]) => isName(name))) return { rest, instances: instances ?? dictionary() };
  const [named, misnamed] = [dictionary<InstanceRecord>(), dictionary<InstanceRecord>()];
  for (const [name, record] of all) (isName(name) ? named : misnamed)[name] = record;
  return { rest, instances: named, misnamed };
}

/** Call it under the lock only. */
export async function writeInstances(paths: Paths, registry: InstanceRegistry): Promise<void> {
  await writeRegistry(paths.registry, {
    version: registryVersion,
    ...registry.rest,
    instances: { ...registry.instances, ...registry.misnamed },
  });
}

export function namesOf(registry: InstanceRegistry): string[] {
  return namesIn(registry.instances);
}

/** Ignores case: on macOS and Windows two such names would be one folder. */
export function findSameName(registry: InstanceRegistry, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return namesOf(registry).find((other) => other.toLowerCase() === wanted);
}

/** @throws {CmgrError} `usage` for a text that cannot be a name, `not-found` */
export function requireInstance(registry: InstanceRegistry, name: string): void {
  checkName(name);
  if (Object.hasOwn(registry.instances, name)) return;
  const names = namesOf(registry);
  const near = nearest(name, names);
  throw new CmgrError(
    "not-found",
    `There is no instance called "${name}"`,
    near
      ? `Did you mean "${near}"?`
      : names.length === 0
      ? `Create it with: cmgr create ${name}`
      : `There ${names.length === 1 ? "is" : "are"}: ${names.slice(0, 20).join(", ")}${
        names.length > 20 ? ", …" : ""
      }`,
  );
}
