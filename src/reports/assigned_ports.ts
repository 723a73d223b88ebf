import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { type Allocation, portsOfTool } from "../ports/allocate.ts";
import type { Range } from "../ports/layout.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { readPorts } from "../registry/ports.ts";
import { allocationOf } from "../registry/ranges.ts";

export interface AssignedPort {
  readonly instance: string;
  readonly tool: string;
  readonly port: number;
  readonly offset: number;
  readonly range: Range;
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
  const assigned = names.flatMap((instance) => {
    const allocation = allocationOf(registry, instance);
    return allocation ? assignedPorts(instance, allocation) : [];
  });
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
