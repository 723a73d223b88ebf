import type { Context } from "../context.ts";
import { canConflict, hazardWarnings, type Watched } from "../catalogue/hazards.ts";
import { readServers } from "../config/read_servers.ts";
import { readExtensions } from "../config/extensions.ts";
import { attempt, CmgrError } from "../errors.ts";
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

/**
 * Reads each config once, for however many instances. Rejects only for faults of cmgr's own: a
 * config that cannot be read is a warning.
 */
export function configReporter(
  context: Context,
  instances: InstanceRegistry,
): (name: string) => Promise<ConfigReport> {
  const configOf = once((name) => readServers(context.paths, name));
  const extensionsOf = once((name) => readExtensions(context.paths, name));
  const entriesOf = async (name: string): Promise<readonly Watched[]> => {
    const config = await configOf(name);
    return [...config?.entries ?? [], ...(await extensionsOf(name)).enabled];
  };
  const otherEntries = async (name: string) => {
    const others = new Map<string, readonly Watched[]>();
    for (const other of namesOf(instances).filter((other) => other !== name)) {
      const entries = await attempt(() => entriesOf(other));
      // A fault of that config is a warning about that instance.
      if ("value" in entries) others.set(other, entries.value);
    }
    return others;
  };
  return async (name) => {
    let servers: number | null = null;
    const { enabled, faults } = await extensionsOf(name);
    const extensions = enabled.map(({ key }) => key);
    try {
      servers = (await configOf(name))?.servers ?? 0;
      const entries = await entriesOf(name);
      const rules = await context.rules();
      const others = canConflict(entries, rules) ? await otherEntries(name) : new Map();
      const warnings = [...hazardWarnings({ entries, others, rules }), ...faults];
      return { servers, extensions, warnings: [...new Set(warnings)] };
    } catch (error) {
      if (!(error instanceof CmgrError)) throw error;
      return { servers, extensions, warnings: [error.message, ...faults] };
    }
  };
}

function once<T>(read: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const results = new Map<string, Promise<T>>();
  return (name) => {
    const result = results.get(name) ?? read(name);
    results.set(name, result);
    return result;
  };
}
