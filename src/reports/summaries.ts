/** What is known of instances without reading their configs. */
import type { Context } from "../context.ts";
import { dictionary } from "../json/dictionary.ts";
import { currentRoute } from "../links/routing.ts";
import { configOf, sandboxOf } from "../paths.ts";
import { type Allocation, portsOfTool } from "../ports/allocate.ts";
import type { Range } from "../ports/layout.ts";
import { statusesOf } from "../processes/quick_status.ts";
import type { Status } from "../processes/status.ts";
import { type InstanceRegistry, namesOf, readInstances } from "../registry/instances.ts";
import { type PortRegistry, readPorts } from "../registry/ports.ts";
import { allocationOf, sharersIn } from "../registry/ranges.ts";

/** The field names are a promise. */
export interface InstanceSummary {
  readonly instance: string;
  readonly sandbox: string;
  readonly config: string;
  readonly status: Status;
  /** Of the app; `null` unless it is running. */
  readonly pid: number | null;
  /** `null` where ports are not managed. */
  readonly range: Range | null;
  /** By tool; a list for a tool that binds several. */
  readonly ports: Readonly<Record<string, number | readonly number[]>>;
  /** `null` unless it is running. */
  readonly isolation: string | null;
  /** Whether claude:// links go to it now. */
  readonly takesLinks: boolean;
  /** Of a crashed app, 128 and more for a signal; `null` when it was not recorded. */
  readonly exitCode: number | null;
  /** Other instances that have ports of its range. */
  readonly sharesPortsWith: readonly string[];
  /** The tools whose ports are pinned. */
  readonly pinned: readonly string[];
  /** When its app was started, as an ISO 8601 date; `null` unless it is running. */
  readonly since: string | null;
}

/** @throws {CmgrError} `damaged` */
export async function listInstances(context: Context): Promise<InstanceSummary[]> {
  const instances = await readInstances(context.paths);
  return await summarize(context, instances, namesOf(instances));
}

/**
 * @param names Of the instances that are asked about
 * @param ports The ports of all instances, when they were read already
 * @throws {CmgrError} `damaged`
 */
export async function summarize(
  context: Context,
  instances: InstanceRegistry,
  names: readonly string[],
  ports?: PortRegistry,
): Promise<InstanceSummary[]> {
  const { paths } = context;
  const registry = ports ?? await readPorts(paths);
  // Which instance takes links depends on the status of all of them.
  const all = namesOf(instances);
  const statuses = await statusesOf(paths, all);
  const route = await currentRoute(context, all, statuses);
  const sharers = sharersIn(registry, all);
  return names.map((name) => {
    const allocation = allocationOf(registry, name);
    const { status, exitCode, ...last } = statuses.get(name)!;
    const run = status === "running" ? last.run : undefined;
    return {
      instance: name,
      sandbox: sandboxOf(paths, name),
      config: configOf(paths, name),
      status,
      pid: run?.pid ?? null,
      range: allocation?.range ?? null,
      ports: portsByTool(allocation),
      isolation: run?.isolation ?? null,
      takesLinks: route?.instance === name,
      exitCode: status === "crashed" ? exitCode ?? null : null,
      sharesPortsWith: sharers.get(name) ?? [],
      pinned: [...allocation?.pins?.keys() ?? []],
      since: run?.since ? new Date(run.since).toISOString() : null,
    };
  });
}

function portsByTool(allocation: Allocation | undefined): InstanceSummary["ports"] {
  const result: Record<string, number | number[]> = dictionary();
  for (const tool of allocation?.offsets.keys() ?? []) {
    const ports = portsOfTool(allocation!, tool);
    result[tool] = ports.length === 1 ? ports[0] : ports;
  }
  return result;
}
