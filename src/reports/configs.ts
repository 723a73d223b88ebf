import type { Context } from "../context.ts";
import { hazardWarnings, mindsSecondCopy } from "../catalogue/hazards.ts";
import type { Launch } from "../catalogue/recognise.ts";
import { readConfig } from "../config/config_file.ts";
import type { ParsedConfig } from "../config/config_text.ts";
import { CmgrError } from "../errors.ts";
import { type InstanceRegistry, namesOf } from "../registry/instances.ts";
import { bubblewrapFault } from "../sandbox/isolation.ts";
import { describeHidden, namedPaths, sandboxPathFor } from "../sandbox/visibility.ts";
import { isPresent } from "../system/write.ts";

/** The field names are a promise. */
export interface ConfigReport {
  /** `null` when the config cannot be read. */
  readonly servers: number | null;
  /** Sentences without a final period. */
  readonly warnings: readonly string[];
}

/** Reads each config once, and tries bubblewrap once, for however many instances. */
interface Sources {
  readonly context: Context;
  readonly instances: InstanceRegistry;
  readonly configOf: (name: string) => Promise<ParsedConfig | undefined>;
  readonly bubblewrapFault: () => Promise<string | undefined>;
}

/** Rejects only for faults of cmgr's own: a config that cannot be read is a warning. */
export function configReporter(
  context: Context,
  instances: InstanceRegistry,
): (name: string) => Promise<ConfigReport> {
  const configs = new Map<string, Promise<ParsedConfig | undefined>>();
  let fault: Promise<string | undefined> | undefined;
  const sources: Sources = {
    context,
    instances,
    configOf: (name) => {
      const config = configs.get(name) ?? readConfig(context.paths, name);
      configs.set(name, config);
      return config;
    },
    bubblewrapFault: () => fault ??= bubblewrapFault(),
  };
  return (name) => reportConfig(sources, name);
}

async function reportConfig(sources: Sources, name: string): Promise<ConfigReport> {
  let servers: number | null = null;
  try {
    const config = await sources.configOf(name);
    servers = config?.servers ?? 0;
    const entries = config?.entries ?? [];
    const rules = await sources.context.rules();
    const others = mindsSecondCopy(entries, rules)
      ? await otherEntries(sources, name)
      : new Map<string, readonly Launch[]>();
    const warnings = [
      ...await hiddenPathWarnings(sources, name, entries),
      ...hazardWarnings({ entries, others, rules }),
    ];
    return { servers, warnings: [...new Set(warnings)] };
  } catch (error) {
    if (!(error instanceof CmgrError)) throw error;
    return { servers, warnings: [error.message] };
  }
}

async function otherEntries(
  { instances, configOf }: Sources,
  name: string,
): Promise<Map<string, readonly Launch[]>> {
  const others = new Map<string, readonly Launch[]>();
  for (const other of namesOf(instances)) {
    if (other === name) continue;
    try {
      others.set(other, (await configOf(other))?.entries ?? []);
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
  if (settings.isolation === "profile") return [];
  const { shares = [] } = instances.instances[name];
  const visibility = { paths, instance: name, shares, toolFolders: settings.toolFolders };
  const warnings: string[] = [];
  for (const named of namedPaths(entries)) {
    const inside = sandboxPathFor(visibility, named.path);
    if (inside === undefined || await isThere(inside)) continue;
    warnings.push(describeHidden(visibility, named));
  }
  // Last: it starts a process, and is rarely needed.
  return warnings.length > 0 && await bubblewrapFault() === undefined ? warnings : [];
}

/** `isPresent` throws for a path behind a symbolic link, which is there in some form. */
async function isThere(path: string): Promise<boolean> {
  return await isPresent(path).catch(() => true);
}
