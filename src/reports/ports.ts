/**
 * Who has which port: the registry against what listens on this machine.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { type Allocation, portsOfTool } from "../ports/allocate.ts";
import { type Listener, listeners } from "../ports/listeners.ts";
import type { Range } from "../ports/layout.ts";
import { findBusy } from "../ports/probe.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { readPorts } from "../registry/ports.ts";
import { allocationOf } from "../registry/ranges.ts";
import { messageOf } from "../errors.ts";
import { scanStatuses } from "../processes/status.ts";

/** How a port stands: nobody's, its instance's, another instance's, anybody else's. */
export type PortState = "free" | "own" | "instance" | "foreign";

/** The process that listens. */
export interface PortListener {
  /** Its pid; `null` when the system does not say, as of another user's. */
  readonly pid: number | null;
  /** Short name of its program; `null` as above. */
  readonly command: string | null;
  /** The instance that it belongs to, if to any. */
  readonly instance: string | null;
}

/** One port as `--json` shows it; the field names are a promise. */
export interface PortReport {
  /** The instance that it is assigned to; `null` for a port that is nobody's. */
  readonly instance: string | null;
  /** The tool. */
  readonly tool: string | null;
  /** The port. */
  readonly port: number;
  /** Its place in the range. */
  readonly offset: number | null;
  /** How it stands. */
  readonly state: PortState;
  /** Who listens; `null` when nobody does, or the system does not say. */
  readonly holder: PortListener | null;
}

/** What is known of the machine at one moment. */
export interface PortSnapshot {
  /** Who listens. */
  readonly listeners: readonly Listener[];
  /** Ports on which something listens though nobody could say who. */
  readonly busy: ReadonlySet<number>;
  /** The instance that a process belongs to. */
  readonly instanceOf: (pid: number) => string | undefined;
}

/** A port with whom it is assigned to. */
export interface Assigned {
  /** The instance. */
  readonly instance: string;
  /** The tool. */
  readonly tool: string;
  /** The port. */
  readonly port: number;
  /** Its place in the range. */
  readonly offset: number;
  /** The range of the instance. */
  readonly range: Range;
}

/**
 * How one port stands: pure. Of several processes that listen on it, the one that least belongs
 * there counts.
 *
 * @param port The port
 * @param owner The instance that it is assigned to, if to any
 * @param sight What listens
 */
export function portStateOf(
  port: number,
  owner: string | undefined,
  snapshot: PortSnapshot,
): Pick<PortReport, "state" | "holder"> {
  const holders = snapshot.listeners.filter((listener) => listener.port === port)
    .map(({ pid, command }): PortListener => ({
      pid,
      command,
      instance: pid === null ? null : snapshot.instanceOf(pid) ?? null,
    }));
  if (holders.length === 0) {
    return { state: snapshot.busy.has(port) ? "foreign" : "free", holder: null };
  }
  const foreign = holders.find(({ instance, pid }) => instance === null && pid !== null);
  const other = holders.find(({ instance }) => instance !== null && instance !== owner);
  const own = holders.find(({ instance }) => instance !== null && instance === owner);
  if (foreign) return { state: "foreign", holder: foreign };
  if (other) return { state: "instance", holder: other };
  return own ? { state: "own", holder: own } : { state: "foreign", holder: null };
}

/**
 * The ports of an allocation, lowest first: pure.
 *
 * @param instance Its name
 * @param allocation Its range and ports
 */
export function assignedPorts(instance: string, allocation: Allocation): Assigned[] {
  return [...allocation.offsets.keys()].flatMap((tool) =>
    portsOfTool(allocation, tool).map((port) => ({
      instance,
      tool,
      port,
      offset: port - allocation.range.base,
      range: allocation.range,
    }))
  ).sort((a, b) => a.port - b.port);
}

/**
 * The assigned ports of one instance, or of all.
 *
 * Needs read permission for `~/.cmgr`.
 *
 * @param context Where things are
 * @param name Its name; all when not given
 * @throws {CmgrError} `not-found`, `damaged`
 */
export async function readAssigned(context: Context, name?: string): Promise<Assigned[]> {
  const instances = await readInstances(context.paths);
  if (name !== undefined) requireInstance(instances, name);
  const registry = await readPorts(context.paths);
  return (name === undefined ? namesOf(instances) : [name]).flatMap((instance) => {
    const allocation = allocationOf(registry, instance);
    return allocation ? assignedPorts(instance, allocation) : [];
  });
}

/**
 * Looks who listens on this machine, and to which instances they belong.
 *
 * Needs read permission for `~/.cmgr`, run permission for `ss` or `lsof` and to ask about
 * processes, and net permission to probe where those are missing.
 *
 * @param context Where things are
 * @param ports The ports that matter; they are probed when nobody can say who listens
 */
export async function observePorts(
  context: Context,
  ports: readonly number[],
): Promise<PortSnapshot> {
  const nobody = () => undefined;
  let found: Listener[];
  try {
    found = await listeners();
  } catch (error) {
    context.notice(`Who listens is not known: ${messageOf(error)}`);
    return { listeners: [], busy: await findBusy(ports), instanceOf: nobody };
  }
  const wanted = new Set(ports);
  const here = found.filter(({ port }) => wanted.has(port));
  const isAsked = here.some(({ pid }) => pid !== null);
  return {
    listeners: here,
    busy: new Set(),
    instanceOf: isAsked ? await ownersOf(context) : nobody,
  };
}

/** Mostly nothing listens on any of the ports, and then nobody's processes matter. */
async function ownersOf({ paths }: Context): Promise<PortSnapshot["instanceOf"]> {
  const names = namesOf(await readInstances(paths));
  const states = await scanStatuses(paths, names);
  const owners = new Map(
    names.flatMap((name) => states.get(name)!.processes.map(({ pid }) => [pid, name] as const)),
  );
  return (pid) => owners.get(pid);
}

/**
 * How assigned ports stand.
 *
 * Needs the permissions of {@linkcode observePorts}.
 *
 * @param context Where things are
 * @param assigned The ports
 */
export async function reportPorts(
  context: Context,
  assigned: readonly Assigned[],
): Promise<PortReport[]> {
  const snapshot = await observePorts(context, assigned.map(({ port }) => port));
  return assigned.map(({ range: _, ...one }) => ({
    ...one,
    ...portStateOf(one.port, one.instance, snapshot),
  }));
}

/**
 * How one port of this machine stands, whosoever it is.
 *
 * Needs the permissions of {@linkcode observePorts}.
 *
 * @param context Where things are
 * @param port The port
 */
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
