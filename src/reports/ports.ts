import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import { type Listener, listeners, withCommands } from "../ports/listeners.ts";
import { findBusy } from "../ports/probe.ts";
import { scanStatuses } from "../processes/status.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { type AssignedPort, readAssigned, withFixedPorts } from "./assigned_ports.ts";

/** What listens: nothing, the port's own instance, another instance, or another program. */
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
  /** Which copy of its server has it, counted from 1. */
  readonly copy: number;
  readonly port: number;
  /** `null` too for a port that the server cannot be moved from. */
  readonly offset: number | null;
  readonly state: PortState;
  /** `null` when nothing listens, or the system does not say what. */
  readonly holder: PortListener | null;
}

export interface AskedPort extends PortReport {
  /** Every instance that the port is assigned to, where ranges overlap. */
  readonly instances: readonly string[];
}

/** Who listens on this machine at one moment. */
export interface PortSnapshot {
  readonly listeners: readonly Listener[];
  /** Ports that are taken, where the system does not say by whom. */
  readonly busy: ReadonlySet<number>;
  /** The instance that a process belongs to. */
  readonly instanceOf: (pid: number) => string | undefined;
}

/** Pure. Of several listeners on one port, a foreign one counts most, then one of another instance. */
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

/** Asks the system who listens on these ports; where it cannot say, they are probed. */
export async function observePorts(
  context: Context,
  ports: readonly number[],
): Promise<PortSnapshot> {
  let found: Listener[];
  try {
    found = await listeners();
  } catch (error) {
    context.notice(`Cannot find out what listens: ${messageOf(error)}`);
    return { listeners: [], busy: await findBusy(ports), instanceOf: () => undefined };
  }
  const wanted = new Set(ports);
  const here = await withCommands(found.filter(({ port }) => wanted.has(port)));
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
  const ports = await withFixedPorts(context, assigned);
  const snapshot = await observePorts(context, ports.map(({ port }) => port));
  return ports.map(({ range: _, ...one }) => ({
    ...one,
    ...portStateOf(one.port, one.instance, snapshot),
  }));
}

/** Any port of this machine, assigned or not. */
export async function reportPort(context: Context, port: number): Promise<AskedPort> {
  const owners = (await readAssigned(context)).filter((assigned) => assigned.port === port);
  const instances = [...new Set(owners.map(({ instance }) => instance))];
  const unassigned = { instance: null, tool: null, copy: 1, offset: null };
  const { instance, tool, copy, offset } = owners[0] ?? unassigned;
  const snapshot = await observePorts(context, [port]);
  const state = portStateOf(port, instances[0], snapshot);
  return { instance, tool, copy, port, offset, instances, ...state };
}
