import { attempt } from "../errors.ts";
import { recognise, type Recognised } from "../catalogue/recognise.ts";
import { isFixedAt } from "../catalogue/rule.ts";
import { Instance } from "../instance.ts";
import { type Allocation, portsOf } from "../ports/allocate.ts";
import { contains, formatRange } from "../ports/layout.ts";
import { type Listener, listeners } from "../ports/listeners.ts";
import { appsOf } from "../processes/terminate.ts";
import { scanStatuses } from "../processes/status.ts";
import type { Facts, Problem } from "./check.ts";

/** Finds servers of running instances that listen outside the range of their instance. */
export async function checkOutside({ context, instances, names }: Facts): Promise<Problem[]> {
  if ("fault" in instances) return [];
  const statuses = await scanStatuses(context.paths, names);
  const running = [...statuses].filter(([, { status }]) => status === "running");
  if (running.length === 0) return [];
  // Another check reports a missing command.
  const all = await attempt(listeners);
  if ("fault" in all) return [];
  const problemsOf = async (name: string, own: readonly Listener[]): Promise<Problem[]> => {
    const instance = new Instance(context, instances.value, name);
    const allocation = await instance.allocation();
    if (allocation === undefined || own.length === 0) return [];
    const { entries = [] } = await instance.config() ?? {};
    const servers = recognise(entries, await context.rules());
    return listenersOutside(own, allocation, servers).map(({ port, command, pid }) => ({
      status: "warning",
      instance: name,
      message: `A server of "${name}" listens on port ${port} (${command}, process ${pid}), ` +
        `outside its range ${formatRange(allocation.range)}`,
      hint: `See which with: cmgr check ${name}; find out how to move it with: cmgr learn ${name}`,
    }));
  };
  const found = await Promise.all(running.map(async ([name, status]) => {
    const apps = appsOf(context.paths, name, status).map(({ pid }) => pid);
    const pids = status.processes.map(({ pid }) => pid).filter((pid) => !apps.includes(pid));
    const own = all.value.filter(({ pid }) => pid !== null && pids.includes(pid));
    const problems = await attempt(() => problemsOf(name, own));
    // Another check reports what cannot be read.
    return "value" in problems ? problems.value : [];
  }));
  return found.flat();
}

/** Pure. Ports outside that no rule accounts for, each once. */
export function listenersOutside(
  own: readonly Listener[],
  allocation: Allocation,
  servers: readonly Recognised[],
): Listener[] {
  const rules = servers.flatMap(({ ports }) => ports);
  const seen = new Set(portsOf(allocation));
  return own.filter(({ port }) => {
    if (contains(allocation.range, port) || isFixedAt(rules, port) || seen.has(port)) return false;
    seen.add(port);
    return true;
  });
}
