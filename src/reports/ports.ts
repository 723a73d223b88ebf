import { extensionPorts } from "../catalogue/extension_ports.ts";
import { readExtensions } from "../config/extensions.ts";
import type { Context } from "../context.ts";
import { CmgrError, messageOf } from "../errors.ts";
import { type Allocation, portsOfTool } from "../ports/allocate.ts";
import type { Range } from "../ports/layout.ts";
import { type Listener, listeners } from "../ports/listeners.ts";
import { findBusy } from "../ports/probe.ts";
import { scanStatuses } from "../processes/status.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { readPorts } from "../registry/ports.ts";
import { allocationOf } from "../registry/ranges.ts";

/** Who listens: nobody, the port's own instance, another instance, or anybody else. */
export type PortState = "free" | "own" | "instance" | "foreign";

/** The process that listens; pid and command are `null` when the system does not say. */
export interface PortListener {
  readonly pid: number | null;
  readonly command: string | null;
  /** The instance that the process belongs to. */
  readonly instance: string | null;
}

/** One port as `--json` shows it; the field names are a promise. */
export interface PortReport {
  /** `null`, as tool and offset, for a port that is assigned to no instance. */
  readonly instance: string | null;
  readonly tool: string | null;
  readonly port: number;
  readonly offset: number | null;
  readonly state: PortState;
  /** `null` when nobody listens, or the system does not say who. */
  readonly holder: PortListener | null;
}

/** Who listens on this machine at one moment. */
export interface PortSnapshot {
  readonly listeners: readonly Listener[];
  /** Ports that are taken, where the system does not say by whom. */
  readonly busy: ReadonlySet<number>;
  /** The instance that a process belongs to. */
  readonly instanceOf: (pid: number) => string | undefined;
}

export interface AssignedPort {
  readonly instance: string;
  readonly tool: string;
  readonly port: number;
  /** `null` for one of a desktop extension, which no range has. */
  readonly offset: number | null;
  /** `undefined` for an instance without one. */
  readonly range: Range | undefined;
}

/** Pure. Of several listeners on one port, the one that least belongs there counts. */
export function portStateOf(
  port: number,
  owner: string | undefined,
  snapshot: PortSnapshot,
): Pick<PortReport, "state" | "holder"> {
  const found = snapshot.listeners.filter((listener) => listener.port === port)
    .map(({ pid, command }): PortListener => ({
      pid,
      command,
      instance: pid === null ? null : snapshot.instanceOf(pid) ?? null,
    }));
  if (found.length === 0) {
    return { state: snapshot.busy.has(port) ? "foreign" : "free", holder: null };
  }
  const foreign = found.find(({ instance, pid }) => instance === null && pid !== null);
  if (foreign) return { state: "foreign", holder: foreign };
  const other = found.find(({ instance }) => instance !== null && instance !== owner);
  if (other) return { state: "instance", holder: other };
  const own = found.find(({ instance }) => instance !== null);
  return own ? { state: "own", holder: own } : { state: "foreign", holder: null };
}

/** Lowest first. */
export function assignedPorts(instance: string, allocation: Allocation): AssignedPort[] {
  const { range } = allocation;
  return [...allocation.offsets.keys()].flatMap((tool) =>
    portsOfTool(allocation, tool)
      .map((port) => ({ instance, tool, port, offset: port - range.base, range }))
  ).sort((a, b) => a.port - b.port);
}

/**
 * The ports of one instance, or of all; of one tool, or of all.
 *
 * @throws {CmgrError} `not-found`, `damaged`; `usage`, when the instance has no such tool
 */
export async function readAssigned(
  context: Context,
  name?: string,
  tool?: string,
): Promise<AssignedPort[]> {
  const instances = await readInstances(context.paths);
  if (name !== undefined) requireInstance(instances, name);
  const registry = await readPorts(context.paths);
  const names = name === undefined ? namesOf(instances) : [name];
  const assigned: AssignedPort[] = [];
  for (const instance of names) {
    const allocation = allocationOf(registry, instance);
    if (allocation) assigned.push(...assignedPorts(instance, allocation));
    assigned.push(...await portsOfExtensions(context, instance, allocation?.range));
  }
  if (tool === undefined) return assigned;
  const found = assigned.filter((one) => one.tool === tool);
  if (found.length > 0) return found;
  const tools = [...new Set(assigned.map((one) => one.tool))];
  throw new CmgrError(
    "usage",
    `"${name}" has no port for a tool called ${JSON.stringify(tool)}`,
    tools.length === 0
      ? `Give it ports with: cmgr mcp ${name} --ports`
      : `It has: ${tools.join(", ")}`,
  );
}

async function portsOfExtensions(
  context: Context,
  instance: string,
  range: Range | undefined,
): Promise<AssignedPort[]> {
  const { enabled } = await readExtensions(context.paths, instance);
  if (enabled.length === 0) return [];
  const rules = await context.rules();
  return enabled.flatMap((extension) =>
    extensionPorts(extension, rules).map((port) => ({
      instance,
      tool: extension.key,
      port,
      offset: null,
      range,
    }))
  );
}

/** Looks who listens on these ports; where the system cannot say, they are probed. */
export async function observePorts(
  context: Context,
  ports: readonly number[],
): Promise<PortSnapshot> {
  let found: Listener[];
  try {
    found = await listeners();
  } catch (error) {
    context.notice(`Cannot find out who listens: ${messageOf(error)}`);
    return { listeners: [], busy: await findBusy(ports), instanceOf: () => undefined };
  }
  const wanted = new Set(ports);
  const here = found.filter(({ port }) => wanted.has(port));
  const isOwned = here.some(({ pid }) => pid !== null);
  const owners = isOwned ? await readOwners(context) : new Map<number, string>();
  return { listeners: here, busy: new Set(), instanceOf: (pid) => owners.get(pid) };
}

/** The instances by the pids of their processes. */
async function readOwners({ paths }: Context): Promise<Map<number, string>> {
  const statuses = await scanStatuses(paths, namesOf(await readInstances(paths)));
  return new Map(
    [...statuses].flatMap(([name, { processes }]) =>
      processes.map(({ pid }) => [pid, name] as const)
    ),
  );
}

export async function reportPorts(
  context: Context,
  assigned: readonly AssignedPort[],
): Promise<PortReport[]> {
  const snapshot = await observePorts(context, assigned.map(({ port }) => port));
  return assigned.map(({ range: _, ...one }) => ({
    ...one,
    ...portStateOf(one.port, one.instance, snapshot),
  }));
}

/** Any port of this machine, assigned or not. */
export async function reportPort(context: Context, port: number): Promise<PortReport> {
  const owner = (await readAssigned(context)).find((assigned) => assigned.port === port);
  const snapshot = await observePorts(context, [port]);
  return {
    instance: owner?.instance ?? null,
    tool: owner?.tool ?? null,
    port,
    offset: owner?.offset ?? null,
    ...portStateOf(port, owner?.instance, snapshot),
  };
}
