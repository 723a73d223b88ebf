import { obstacleTo } from "../catalogue/obstacle.ts";
import { recognise, type Recognised } from "../catalogue/recognise.ts";
import { readConfig } from "../config/config_file.ts";
import type { Context } from "../context.ts";
import { attempt } from "../errors.ts";
import type { AssignedPort } from "./assigned_ports.ts";

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
