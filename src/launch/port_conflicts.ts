/** Ports of an instance that something else took while it was stopped. */
import { CmgrError } from "../errors.ts";
import { movablePorts } from "../catalogue/apply_rule.ts";
import { obstacleTo } from "../catalogue/obstacle.ts";
import { type Launch, recognise } from "../catalogue/recognise.ts";
import type { Rule } from "../catalogue/rule.ts";
import { type Allocation, portsOfTool } from "../ports/allocate.ts";
import { type Listener, listeners, withCommands } from "../ports/listeners.ts";
import { findBusy } from "../ports/probe.ts";

interface BoundPort {
  readonly tool: string;
  readonly port: number;
}

interface PortConflict extends BoundPort {
  /** Who listens; `undefined` when the system does not say. */
  readonly holder: Listener | undefined;
}

/**
 * The ports that the servers of a config bind while the app runs, by their rules. A server without
 * a rule may bind the port that it is given. Pure.
 */
export function boundPorts(
  entries: readonly Launch[],
  rules: readonly Rule[],
  allocation: Allocation,
): BoundPort[] {
  return recognise(entries, rules).flatMap((entry, at) => {
    const { tool, rule, isPortOnly } = entry;
    const ports = portsOfTool(allocation, tool);
    const pinned = allocation.pins?.get(tool)?.length ?? 0;
    const movable = movablePorts(entry);
    const isUnknown = movable.length === 0 && (rule === undefined || isPortOnly);
    const bound = ports.filter((_, i) => {
      const port = movable[i];
      return port === undefined
        ? isUnknown && i === 0
        : !port.isOccasional && obstacleTo(port, entry, i < pinned) === undefined &&
          (port.after === undefined || entries[at].args.includes(port.after));
    });
    return bound.map((port) => ({ tool, port }));
  });
}

/**
 * Which ports of a stopped instance are taken. Pure.
 *
 * @param busy Ports that a probe found busy
 */
export function portConflictsOf(
  ports: readonly BoundPort[],
  found: readonly Listener[],
  busy: ReadonlySet<number>,
): PortConflict[] {
  return ports.flatMap(({ tool, port }): PortConflict[] => {
    const held = found.filter((listener) => listener.port === port);
    const holder = held.find(({ pid }) => pid !== null) ?? held[0];
    return holder || busy.has(port) ? [{ tool, port, holder }] : [];
  }).sort((a, b) => a.port - b.port);
}

/**
 * Refuses to start an instance whose ports are taken. Call it under the lock.
 *
 * @throws {CmgrError} `conflict`, naming tool, port and holder
 */
export async function refusePortConflicts(
  name: string,
  ports: readonly BoundPort[],
): Promise<void> {
  const busy = await findBusy(ports.map(({ port }) => port));
  if (busy.size === 0) return;
  const found = (await listeners().catch(() => [])).filter(({ port }) => busy.has(port));
  const conflicts = portConflictsOf(ports, await withCommands(found), busy);
  throw new CmgrError(
    "conflict",
    `Another program listens on ${conflicts.length === 1 ? "a port" : "ports"} of "${name}": ${
      conflicts.map(describe).join(", ")
    }`,
    `Choose other ports with: cmgr mcp ${name} --reset-ports; or start it anyway: cmgr start ${name} --force`,
  );
}

function describe({ tool, port, holder }: PortConflict): string {
  const who = holder === undefined || holder.pid === null
    ? "a process of another user"
    : holder.command === null
    ? `process ${holder.pid}`
    : `${holder.command} (process ${holder.pid})`;
  return `port ${port} of ${tool} is used by ${who}`;
}
