/** What an instance lacks because it is isolated. Finding out starts processes. */
import type { Context } from "../context.ts";
import { attempt } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { busProblem, describeBusProblem } from "../sandbox/bus_warning.ts";
import { physicalPaths } from "../sandbox/host.ts";
import { bubblewrapFault } from "../sandbox/isolation.ts";
import {
  describeHidden,
  isVisible,
  type NamedPath,
  namedPaths,
  sandboxPathFor,
} from "../sandbox/visibility.ts";
import { settingsFor } from "../settings/settings.ts";
import { isPresent } from "../system/write.ts";

/** @returns Sentences without a final period; none for a config that cannot be read */
export async function isolationWarnings(context: Context, instance: Instance): Promise<string[]> {
  const warnings = await attempt(async () => {
    const problem = await busProblem(context);
    const hidden = await hiddenPathWarnings(context, instance);
    return problem === undefined ? hidden : [...hidden, describeBusProblem(problem)];
  });
  return "value" in warnings ? warnings.value : [];
}

/** @throws {CmgrError} `damaged` */
export async function hiddenPathWarnings(
  { paths, settings }: Context,
  instance: Instance,
): Promise<string[]> {
  const { name, shares } = instance;
  if (settingsFor(settings, name).isolation === "profile") return [];
  const visibility = { paths, instance: name, shares, settings };
  const hidden: NamedPath[] = [];
  const elsewhere: NamedPath[] = [];
  for (const named of namedPaths((await instance.config())?.entries ?? [])) {
    if (isVisible(visibility, named.path)) continue;
    const inside = sandboxPathFor(visibility, named.path);
    if (inside === undefined) elsewhere.push(named);
    // It throws for a path behind a symbolic link, where something is.
    else if (!await isPresent(inside).catch(() => true)) hidden.push(named);
  }
  if (hidden.length + elsewhere.length === 0 || await bubblewrapFault() !== undefined) return [];
  // An argument that looks like a path may not be one.
  const present = await physicalPaths(elsewhere.map(({ path }) => path));
  return [...hidden, ...elsewhere.filter(({ path }) => present.has(path))]
    .map((named) => describeHidden(visibility, named));
}
