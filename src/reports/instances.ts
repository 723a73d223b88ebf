/**
 * How instances stand: registries, and what the operating system says.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { configOf, sandboxOf } from "../paths.ts";
import { type Allocation, portsOfTool } from "../ports/allocate.ts";
import { type InstanceRegistry, namesOf, readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { type PortsInBrief, readPortsInBrief } from "../registry/ports.ts";
import { allocationOf } from "../registry/ranges.ts";
import { dictionary } from "../json/dictionary.ts";
import { CmgrError } from "../errors.ts";
import { currentRoute } from "../links/current_route.ts";
import { fewestKnown, type KnownConfigs, readKnown } from "./known_configs.ts";
import type { ProcessTable } from "../processes/process.ts";
import { processTable } from "../processes/list.ts";
import { type Status, statusesOf } from "../processes/status.ts";
import { allSettled } from "../system/all_settled.ts";
import { startedAt } from "../processes/start_times.ts";
import { busWarning } from "../sandbox/bus_warning.ts";
import { sourcesIn, warningsOf, type WarningSources } from "./warnings.ts";

/** One instance as `--json` shows it; the field names are a promise. */
export interface Report {
  /** Its name. */
  readonly instance: string;
  /** Its folder. */
  readonly sandbox: string;
  /** Its `claude_desktop_config.json`. */
  readonly config: string;
  /** How it stands. */
  readonly status: Status;
  /** Its process, while it runs. */
  readonly pid: number | null;
  /** Its range; `null` for an instance without ports. */
  readonly range: { readonly base: number; readonly size: number } | null;
  /** Port of each tool; a list for a tool that binds several. */
  readonly ports: Readonly<Record<string, number | readonly number[]>>;
  /** How it is kept apart, while it runs. */
  readonly isolation: string | null;
  /** Whether claude:// links go to it now. */
  readonly takesLinks: boolean;
  /** How its app ended, once it crashed: 128 and more for a signal; `null` when nobody saw it. */
  readonly exitCode: number | null;
  /** The tools whose ports the user has pinned. */
  readonly pinned: readonly string[];
  /** Since when it runs, as an ISO 8601 date; `null` while it does not. */
  readonly since: string | null;
  /** How many MCP servers its config has; `null` when that cannot be read. */
  readonly servers: number | null;
  /** What the person should know, in words; mostly nothing. */
  readonly warnings: readonly string[];
}

/**
 * How all instances stand, by name: registries, processes, configs and rules are read.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`, and run permission to ask about processes.
 *
 * @throws {CmgrError} `damaged`
 */
export async function reportAll(context: Context): Promise<Report[]> {
  const instances = await readInstances(context.paths);
  return await report(context, instances, namesOf(instances));
}

/**
 * How one instance stands.
 *
 * Needs the permissions of {@linkcode reportAll}.
 *
 * @param context Where things are
 * @param name Its name
 * @param asked The processes, when somebody has asked for them already, to save time
 * @throws {CmgrError} `not-found`, `damaged`
 */
export async function reportOne(
  context: Context,
  name: string,
  asked?: Promise<ProcessTable>,
): Promise<Report> {
  const instances: InstanceRegistry = await readInstances(context.paths);
  requireInstance(instances, name);
  const [found] = await report(context, instances, [name], asked);
  const bus = await busWarning(context.settings);
  if (bus === undefined) return found;
  return { ...found, warnings: [...found.warnings, `${bus.message}. ${bus.hint}`] };
}

/**
 * Does something to an instance, and tells how it stands then. The system is asked about processes
 * meanwhile, which takes as long as most of what is done.
 *
 * Needs the permissions of {@linkcode reportAll}, and what `work` needs.
 *
 * @param context Where things are
 * @param name Its name
 * @param work What to do
 * @throws {CmgrError} what `work` throws, and as {@linkcode reportOne}
 */
export async function reportAfter(
  context: Context,
  name: string,
  work: () => Promise<void>,
): Promise<Report> {
  const asked = processTable(context.paths);
  await allSettled(work(), asked);
  return await reportOne(context, name, asked);
}

async function report(
  context: Context,
  instances: InstanceRegistry,
  names: readonly string[],
  given?: Promise<ProcessTable>,
): Promise<Report[]> {
  const { paths } = context;
  const all = namesOf(instances);
  // The system answers while files are read here.
  const asked = given ?? (all.length > 0 ? processTable(paths) : undefined);
  const [{ ports, configs }, states] = await allSettled(
    readFiles(context, instances, names),
    statusesOf(paths, all, asked),
    asked,
  );
  const route = await currentRoute(context, all, states);
  const started = await startedAt(names.flatMap((name) => {
    const { status, run } = states.get(name)!;
    return status === "running" && run ? [run.pid] : [];
  }));
  return names.map((name, i) => {
    const allocation = allocationOf(ports, name);
    const { status, run, exitCode } = states.get(name)!;
    const isRunning = status === "running";
    return {
      instance: name,
      sandbox: sandboxOf(paths, name),
      config: configOf(paths, name),
      status,
      pid: isRunning ? run?.pid ?? null : null,
      range: allocation?.range ?? null,
      // Worked out for those who ask: a list of hundreds shows ranges alone.
      get ports() {
        return portsByTool(allocation);
      },
      isolation: isRunning ? run?.isolation ?? null : null,
      takesLinks: route?.instance === name,
      exitCode: status === "crashed" ? exitCode ?? null : null,
      pinned: [...allocation?.pins?.keys() ?? []],
      since: isRunning && run ? started.get(run.pid)?.toISOString() ?? null : null,
      ...configs[i],
    };
  });
}

/** What the files say, whatever runs. */
async function readFiles(
  context: Context,
  instances: InstanceRegistry,
  names: readonly string[],
): Promise<{ ports: PortsInBrief; configs: AboutConfig[] }> {
  const ports = await readPortsInBrief(context.paths);
  const sources = sourcesIn(context, instances);
  const known = names.length < fewestKnown ? undefined : await readKnown(context);
  const configs: AboutConfig[] = [];
  for (const name of names) {
    const quiet = known?.serversOf(name);
    configs.push(
      quiet === undefined
        ? await aboutConfig(context, name, sources, known)
        : { servers: quiet, warnings: [] },
    );
  }
  await known?.keep(names);
  return { ports, configs };
}

type AboutConfig = Pick<Report, "servers" | "warnings">;

/** What its config gives to say; what is wrong with that is one of the warnings. */
async function aboutConfig(
  context: Context,
  name: string,
  sources: WarningSources,
  known: KnownConfigs | undefined,
): Promise<AboutConfig> {
  let servers: number | null = null;
  try {
    const config = await sources.configOf(name);
    servers = config?.servers ?? 0;
    if (config) known?.learn(name, servers, config.entries);
  } catch (error) {
    if (!(error instanceof CmgrError)) throw error;
  }
  return { servers, warnings: await warningsOf(context, name, sources) };
}

function portsByTool(allocation: Allocation | undefined): Report["ports"] {
  const result: Record<string, number | number[]> = dictionary();
  if (allocation === undefined) return result;
  for (const tool of allocation.offsets.keys()) {
    const ports = portsOfTool(allocation, tool);
    result[tool] = ports.length === 1 ? ports[0] : ports;
  }
  return result;
}
