/** What an instance lacks because it is isolated. Finding out starts processes. */
import type { Context } from "../context.ts";
import { attempt } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { busWarning } from "../sandbox/bus_warning.ts";
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
    const bus = await busWarning(context);
    return [...await hiddenPathWarnings(context, instance), ...(bus === undefined ? [] : [bus])];
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
  const { toolFolders, mounts } = settings;
  const visibility = { paths, instance: name, shares, toolFolders, mounts };
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
