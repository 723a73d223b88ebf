import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { type Instance, loadInstance } from "../instance.ts";
import { suggestion } from "../json/nearest.ts";
import { namesOf, readInstances } from "../registry/instances.ts";

/** @throws {CmgrError} `usage`, when none is named and there is no default; `not-found`, `damaged` */
export async function chooseInstance(context: Context, name?: string): Promise<Instance> {
  return await loadInstance(context, name ?? await defaultName(context));
}

/**
 * The setting `defaultInstance`, or else the only instance.
 *
 * @throws {CmgrError} `usage`, when there is neither; `not-found`, `damaged`
 */
export async function defaultName({ paths, settings }: Context): Promise<string> {
  const { defaultInstance } = settings;
  const names = namesOf(await readInstances(paths));
  if (defaultInstance !== undefined) {
    if (names.includes(defaultInstance)) return defaultInstance;
    throw new CmgrError(
      "not-found",
      `"defaultInstance" in ${paths.settings} is "${defaultInstance}", which is not an instance`,
      `${
        suggestion(defaultInstance, names)
      }Set another one: cmgr settings set defaultInstance NAME`,
    );
  }
  if (names.length === 1) return names[0];
  throw new CmgrError(
    "usage",
    "No instance was named",
    names.length === 0
      ? "There are no instances yet; create one with: cmgr create NAME"
      : `Name one of: ${names.slice(0, 20).join(", ")}; or set a default: ` +
        "cmgr settings set defaultInstance NAME",
  );
}
