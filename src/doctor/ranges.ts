import { attempt } from "../errors.ts";
import { assignedPorts } from "../reports/assigned_ports.ts";
import { observePorts, portStateOf } from "../reports/ports.ts";
import { loadInstance } from "../instance.ts";
import { scanStatuses } from "../processes/status.ts";
import { formatRange, lastPort, overlaps, type Range } from "../ports/layout.ts";
import { allocationOf, recordedRange } from "../registry/ranges.ts";
import { changePorts } from "../reconcile/change_ports.ts";
import { highestPort } from "../settings/port_layout.ts";
import { type Facts, keepDamagedFile, type Problem } from "./check.ts";

/**
 * Finds ranges that overlap or end above the highest port. The fix gives another range to the
 * instance that was created later, or does not run.
 */
export async function checkRanges({ context, instances, ports, names }: Facts): Promise<Problem[]> {
  if ("fault" in instances || "fault" in ports) return [];
  const { bases } = ports.value;
  const statuses = await scanStatuses(context.paths, names);
  const byAge = names.filter((name) => Object.hasOwn(bases, name)).map((name) => ({
    name,
    isRunning: statuses.get(name)!.processes.length > 0,
    created: instances.value.instances[name].created_date ?? "",
  }));
  // Running instances keep their range, then the older ones.
  byAge.sort((a, b) =>
    Number(b.isRunning) - Number(a.isRunning) || (a.created < b.created ? -1 : 1)
  );
  const placed: { name: string; range: Range }[] = [];
  const found: Problem[] = [];
  for (const { name } of byAge) {
    const range = recordedRange(ports.value, name)!;
    const shared = placed.find((other) => overlaps(other.range, range));
    const isAbove = lastPort(range) > highestPort;
    if (!isAbove) placed.push({ name, range });
    if (shared === undefined && !isAbove) continue;
    found.push({
      status: "error",
      instance: name,
      message: shared
        ? `"${name}" (${formatRange(range)}) shares ports with "${shared.name}" (${
          formatRange(shared.range)
        })`
        : `The range of "${name}" starts at ${range.base} and would end above ${highestPort}`,
      hint: `Give it its own range: cmgr doctor --fix, or: cmgr mcp ${name} --ports`,
      fix: async () => {
        const kept = await keepDamagedFile(context, context.paths.ports);
        const { applied } = await changePorts(context, await loadInstance(context, name), "ports");
        const later = applied ? "" : "; its config changes at the next start";
        return `Gave "${name}" its own range${later}${kept}`;
      },
    });
  }
  return found;
}

export async function checkListeners(
  { context, instances, ports, names }: Facts,
): Promise<Problem[]> {
  if ("fault" in instances || "fault" in ports) return [];
  const all = await Promise.all(names.map(async (name) => {
    const allocation = await attempt(() => allocationOf(ports.value, name));
    return "value" in allocation && allocation.value ? assignedPorts(name, allocation.value) : [];
  }));
  const assigned = all.flat();
  const snapshot = await observePorts(context, assigned.map(({ port }) => port));
  return assigned.flatMap(({ instance, tool, port }): Problem[] => {
    const { state, holder } = portStateOf(port, instance, snapshot);
    if (state === "free" || state === "own") return [];
    const owner = holder?.instance ? ` of "${holder.instance}"` : "";
    const who = holder?.pid == null
      ? "an unknown process"
      : `${holder.command} (process ${holder.pid}${owner})`;
    return [{
      status: "warning",
      instance,
      message: `Port ${port} of ${tool} in "${instance}" is in use by ${who}`,
      hint: `Stop that process, or choose other ports: cmgr mcp ${instance} --reset-ports`,
    }];
  });
}
