import type { Context } from "../context.ts";
import { canConflict, hazardWarnings, type Watched } from "../catalogue/hazards.ts";
import type { Launch } from "../catalogue/recognise.ts";
import { readConfig } from "../config/config_file.ts";
import type { ParsedConfig } from "../config/config_text.ts";
import { type Extensions, readExtensions } from "../config/extensions.ts";
import { settingsFor } from "../settings/settings.ts";
import { CmgrError } from "../errors.ts";
import { type InstanceRegistry, namesOf } from "../registry/instances.ts";
import { bubblewrapFault } from "../sandbox/isolation.ts";
import { physicalPaths } from "../sandbox/host.ts";
import {
  describeHidden,
  isVisible,
  type NamedPath,
  namedPaths,
  sandboxPathFor,
} from "../sandbox/visibility.ts";
import { isPresent } from "../system/write.ts";

/** The field names are a promise. */
export interface ConfigReport {
  /** `null` when the config cannot be read. */
  readonly servers: number | null;
  /** Names of the desktop extensions that are enabled: servers outside the config. */
  readonly extensions: readonly string[];
  /** Sentences without a final period. */
  readonly warnings: readonly string[];
}

/** Reads each config once, and tries bubblewrap once, for however many instances. */
interface Sources {
  readonly context: Context;
  readonly instances: InstanceRegistry;
  readonly configOf: (name: string) => Promise<ParsedConfig | undefined>;
  readonly extensionsOf: (name: string) => Promise<Extensions>;
  readonly bubblewrapFault: () => Promise<string | undefined>;
}

/** Rejects only for faults of cmgr's own: a config that cannot be read is a warning. */
export function configReporter(
  context: Context,
  instances: InstanceRegistry,
): (name: string) => Promise<ConfigReport> {
  const configs = new Map<string, Promise<ParsedConfig | undefined>>();
  const extensions = new Map<string, Promise<Extensions>>();
  let fault: Promise<string | undefined> | undefined;
  const sources: Sources = {
    context,
    instances,
    configOf: (name) => {
      const config = configs.get(name) ?? readConfig(context.paths, name);
      configs.set(name, config);
      return config;
    },
    extensionsOf: (name) => {
      const found = extensions.get(name) ?? readExtensions(context.paths, name);
      extensions.set(name, found);
      return found;
    },
    bubblewrapFault: () => fault ??= bubblewrapFault(),
  };
  return (name) => reportConfig(sources, name);
}

async function reportConfig(sources: Sources, name: string): Promise<ConfigReport> {
  let servers: number | null = null;
  const { enabled, faults } = await sources.extensionsOf(name);
  const extensions = enabled.map(({ key }) => key);
  try {
    const config = await sources.configOf(name);
    servers = config?.servers ?? 0;
    const entries: readonly Watched[] = [...config?.entries ?? [], ...enabled];
    const rules = await sources.context.rules();
    const others = canConflict(entries, rules)
      ? await otherEntries(sources, name)
      : new Map<string, readonly Launch[]>();
    const warnings = [
      ...await hiddenPathWarnings(sources, name, config?.entries ?? []),
      ...hazardWarnings({ entries, others, rules }),
      ...faults,
    ];
    return { servers, extensions, warnings: [...new Set(warnings)] };
  } catch (error) {
    if (!(error instanceof CmgrError)) throw error;
    return { servers, extensions, warnings: [error.message, ...faults] };
  }
}

async function otherEntries(
  { instances, configOf, extensionsOf }: Sources,
  name: string,
): Promise<Map<string, readonly Launch[]>> {
  const others = new Map<string, readonly Launch[]>();
  for (const other of namesOf(instances)) {
    if (other === name) continue;
    try {
      const { enabled } = await extensionsOf(other);
      others.set(other, [...(await configOf(other))?.entries ?? [], ...enabled]);
    } catch (error) {
      // A fault of that config is a warning about that instance.
      if (!(error instanceof CmgrError)) throw error;
    }
  }
  return others;
}

/** Warns of paths in the entries that the instance does not see. */
async function hiddenPathWarnings(
  { context: { paths, settings }, instances, bubblewrapFault }: Sources,
  name: string,
  entries: readonly Launch[],
): Promise<string[]> {
  if (settingsFor(settings, name).isolation === "profile") return [];
  const { shares = [] } = instances.instances[name];
  const { toolFolders, mounts } = settings;
  const visibility = { paths, instance: name, shares, toolFolders, mounts };
  const hidden: NamedPath[] = [];
  const elsewhere: NamedPath[] = [];
  for (const named of namedPaths(entries)) {
    if (isVisible(visibility, named.path)) continue;
    const inside = sandboxPathFor(visibility, named.path);
    if (inside === undefined) elsewhere.push(named);
    else if (!await isThere(inside)) hidden.push(named);
  }
  // Last: these start processes, and are rarely needed.
  if (hidden.length + elsewhere.length === 0 || await bubblewrapFault() !== undefined) return [];
  // An argument that looks like a path may be none.
  const present = await physicalPaths(elsewhere.map(({ path }) => path));
  return [...hidden, ...elsewhere.filter(({ path }) => present.has(path))]
    .map((named) => describeHidden(visibility, named));
}

/** `isPresent` throws for a path behind a symbolic link, which is there in some form. */
async function isThere(path: string): Promise<boolean> {
  return await isPresent(path).catch(() => true);
}
