/** The ports that instances have: those of the registry, and those that cannot be moved. */
import { extensionPorts } from "../catalogue/extension_ports.ts";
import { obstacleTo } from "../catalogue/obstacle.ts";
import { recognise, type Recognised } from "../catalogue/recognise.ts";
import { readConfig } from "../config/config_file.ts";
import { readExtensions } from "../config/extensions.ts";
import type { Context } from "../context.ts";
import { attempt, CmgrError } from "../errors.ts";
import { type Allocation, portsOfCopies, portsOfTool } from "../ports/allocate.ts";
import type { Range } from "../ports/layout.ts";
import { namesOf, readInstances, requireInstance } from "../registry/instances.ts";
import { readPorts } from "../registry/ports.ts";
import { allocationOf } from "../registry/ranges.ts";

export interface AssignedPort {
  readonly instance: string;
  readonly tool: string;
  /** Counted from 1: a server of which a second copy exits has ports for more. */
  readonly copy: number;
  readonly port: number;
  /** `null` for one of a desktop extension, which no range has. */
  readonly offset: number | null;
  /** `undefined` for an instance without one. */
  readonly range: Range | undefined;
}

/** Lowest first. */
export function assignedPorts(instance: string, allocation: Allocation): AssignedPort[] {
  const { range } = allocation;
  return [...allocation.offsets.keys()].flatMap((tool) => {
    const own = portsOfTool(allocation, tool);
    const ports = [...own, ...portsOfCopies(allocation, tool)];
    return ports.map((port, i) => ({
      instance,
      tool,
      copy: 1 + Math.floor(i / own.length),
      port,
      offset: port - range.base,
      range,
    }));
  }).sort((a, b) => a.port - b.port);
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
      copy: 1,
      port,
      offset: null,
      range,
    }))
  );
}

/**
 * Adds the ports that servers cannot be moved from. When that is all of a server's ports, they
 * replace those that the registry assigns.
 */
export async function withFixedPorts(
  context: Context,
  assigned: readonly AssignedPort[],
): Promise<AssignedPort[]> {
  const byInstance = Map.groupBy(assigned, ({ instance }) => instance);
  const all = await Promise.all([...byInstance].map(async ([instance, ports]) => {
    const recognised = await attempt(async () => {
      const config = await readConfig(context.paths, instance);
      return recognise(config?.entries ?? [], await context.rules());
    });
    // Status and doctor report what cannot be read.
    const entries = "value" in recognised ? recognised.value : [];
    const servers = new Map(entries.map((entry) => [entry.tool, entry]));
    return [...Map.groupBy(ports, ({ tool }) => tool)].flatMap(([tool, ports]): AssignedPort[] => {
      const { fixed, areAll } = fixedPortsOf(servers.get(tool));
      const more = fixed.map((port) => ({ ...ports[0], port, offset: null }));
      return areAll ? more : [...ports, ...more];
    });
  }));
  return all.flat();
}

function fixedPortsOf(entry: Recognised | undefined): { fixed: number[]; areAll: boolean } {
  if (entry === undefined) return { fixed: [], areAll: false };
  const fixed = entry.ports.flatMap((port) =>
    obstacleTo(port, entry, true) === undefined ? [] : port.default ?? []
  );
  return { fixed, areAll: fixed.length > 0 && fixed.length === entry.ports.length };
}
