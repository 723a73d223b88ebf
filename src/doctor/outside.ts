import { recognise, type Recognised } from "../catalogue/recognise.ts";
import { isFixedAt } from "../catalogue/rule.ts";
import { loadInstance } from "../instance.ts";
import { type Allocation, portsOf } from "../ports/allocate.ts";
import { contains, formatRange } from "../ports/layout.ts";
import { type Listener, listeners } from "../ports/listeners.ts";
import { appsOf } from "../processes/terminate.ts";
import { scanStatuses } from "../processes/status.ts";
import { type Facts, tryRead } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** Finds servers of running instances that listen outside the range of their instance. */
export async function checkOutside({ context, instances, names }: Facts): Promise<Finding[]> {
  if ("fault" in instances) return [];
  const statuses = await scanStatuses(context.paths, names);
  const running = [...statuses].filter(([, { status }]) => status === "running");
  if (running.length === 0) return [];
  // Where the command is missing that tells, another check says so.
  const all = await tryRead(listeners);
  if ("fault" in all) return [];
  const found = await Promise.all(running.map(async ([name, status]) => {
    const apps = appsOf(context.paths, name, status).map(({ pid }) => pid);
    const pids = status.processes.map(({ pid }) => pid).filter((pid) => !apps.includes(pid));
    const own = all.value.filter(({ pid }) => pid !== null && pids.includes(pid));
    if (own.length === 0) return [];
    // What cannot be read is a finding of another check.
    const read = await tryRead(async () => {
      const instance = await loadInstance(context, name);
      const { entries = [] } = await instance.config() ?? {};
      return {
        allocation: await instance.allocation(),
        servers: recognise(entries, await context.rules()),
      };
    });
    if ("fault" in read || read.value.allocation === undefined) return [];
    const { allocation, servers } = read.value;
    const { range } = allocation;
    return strays(own, allocation, servers).map(({ port, command, pid }): Finding => ({
      name: "outside",
      status: "warning",
      instance: name,
      message: `A server of "${name}" listens on port ${port} (${command}, process ${pid}), ` +
        `outside its range ${formatRange(range)}`,
      hint: `See which with: cmgr check ${name}; find out how to move it with: cmgr learn ${name}`,
    }));
  }));
  return found.flat();
}

/** Pure. Ports outside that no rule accounts for, each once. */
export function strays(
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
