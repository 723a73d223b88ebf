import type { Context } from "../context.ts";
import { canConflict, hazardWarnings, type Watched } from "../catalogue/hazards.ts";
import type { Launch } from "../catalogue/recognise.ts";
import { readServers } from "../config/read_servers.ts";
import type { ServerList } from "../config/server_entries.ts";
import { type Extensions, readExtensions } from "../config/extensions.ts";
import { CmgrError } from "../errors.ts";
import { type InstanceRegistry, namesOf } from "../registry/instances.ts";

/** The field names are a promise. */
export interface ConfigReport {
  /** `null` when the config cannot be read. */
  readonly servers: number | null;
  /** Names of the desktop extensions that are enabled: servers outside the config. */
  readonly extensions: readonly string[];
  /** Sentences without a final period. */
  readonly warnings: readonly string[];
}

/** Reads each config once, for however many instances. */
interface Sources {
  readonly context: Context;
  readonly instances: InstanceRegistry;
  readonly configOf: (name: string) => Promise<ServerList | undefined>;
  readonly extensionsOf: (name: string) => Promise<Extensions>;
}

/** Rejects only for faults of cmgr's own: a config that cannot be read is a warning. */
export function configReporter(
  context: Context,
  instances: InstanceRegistry,
): (name: string) => Promise<ConfigReport> {
  const configs = new Map<string, Promise<ServerList | undefined>>();
  const extensions = new Map<string, Promise<Extensions>>();
  const sources: Sources = {
    context,
    instances,
    configOf: (name) => {
      const config = configs.get(name) ?? readServers(context.paths, name);
      configs.set(name, config);
      return config;
    },
    extensionsOf: (name) => {
      const found = extensions.get(name) ?? readExtensions(context.paths, name);
      extensions.set(name, found);
      return found;
    },
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
    const warnings = [...hazardWarnings({ entries, others, rules }), ...faults];
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
