import { CmgrError } from "../errors.ts";
import { nearest } from "../json/nearest.ts";
import type { Paths } from "../paths.ts";
import { listFolder } from "../system/folders.ts";
import { type InstanceRegistry, namesOf } from "./instances.ts";

const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const device = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** @throws {CmgrError} `usage` */
export function checkName(name: string): void {
  if (!pattern.test(name)) {
    throw new CmgrError(
      "usage",
      `${JSON.stringify(name)} cannot be the name of an instance`,
      "Use 1 to 63 letters, digits, dots, hyphens and underscores, the first a letter or digit",
    );
  }
  if (device.test(name)) {
    throw new CmgrError(
      "usage",
      `"${name}" cannot be the name of an instance: Windows reserves it for a device`,
      "Choose another name",
    );
  }
}

export function isName(text: string): boolean {
  return pattern.test(text) && !device.test(text);
}

/**
 * Also finds a name that differs by case alone: on macOS and Windows both would be one folder.
 *
 * @returns The name as it is registered
 */
export function findSameName(registry: InstanceRegistry, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return namesOf(registry).find((other) => other.toLowerCase() === wanted);
}

/** @throws {CmgrError} `usage` for a text that is no name, `not-found` */
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

/** Whether an instance of that name lies in the trash, by the name of its folder there. */
export async function isInTrash({ trash }: Paths, name: string): Promise<boolean> {
  const rest = /^-\d{4}-\d\d-\d\dT/;
  return (await listFolder(trash)).some((entry) =>
    entry.name.startsWith(name) && rest.test(entry.name.slice(name.length))
  );
}
