/** Ports of an instance that something else took while it was stopped. */
import { CmgrError } from "../errors.ts";
import { type Allocation, portsOfTool } from "../ports/allocate.ts";
import { type Listener, listeners } from "../ports/listeners.ts";
import { findBusy } from "../ports/probe.ts";

/** A port of a stopped instance on which something listens. */
interface PortConflict {
  readonly tool: string;
  readonly port: number;
  /** Who listens; `undefined` when the system does not say. */
  readonly holder: Listener | undefined;
}

/**
 * Finds the ports of an allocation that are taken: pure.
 *
 * @param allocation Range and ports of a stopped instance
 * @param busy Ports that a probe found busy
 */
export function portConflictsOf(
  allocation: Allocation,
  found: readonly Listener[],
  busy: ReadonlySet<number>,
): PortConflict[] {
  return [...allocation.offsets.keys()].flatMap((tool) =>
    portsOfTool(allocation, tool).flatMap((port): PortConflict[] => {
      const held = found.filter((listener) => listener.port === port);
      const holder = held.find(({ pid }) => pid !== null) ?? held[0];
      return holder || busy.has(port) ? [{ tool, port, holder }] : [];
    })
  ).sort((a, b) => a.port - b.port);
}

/**
 * Refuses to start an instance whose ports are taken. Call it under the lock.
 *
 * @throws {CmgrError} `conflict`, naming tool, port and holder
 */
export async function refusePortConflicts(name: string, allocation: Allocation): Promise<void> {
  const ports = [...allocation.offsets.keys()].flatMap((tool) => portsOfTool(allocation, tool));
  const busy = await findBusy(ports);
  if (busy.size === 0) return;
  const conflicts = portConflictsOf(allocation, await listeners().catch(() => []), busy);
  throw new CmgrError(
    "conflict",
    `Something else listens on ${conflicts.length === 1 ? "a port" : "ports"} of "${name}": ${
      conflicts.map(describe).join(", ")
    }`,
    `Choose other ports with: cmgr mcp ${name} --reset-ports; or start it anyway: cmgr start ${name} --force`,
  );
}

function describe({ tool, port, holder }: PortConflict): string {
  const who = holder === undefined || holder.pid === null
    ? "a process of another user"
    : `${holder.command} (process ${holder.pid})`;
  return `port ${port} of ${tool} is held by ${who}`;
}
