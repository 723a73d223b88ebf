import { obstacleTo } from "../catalogue/obstacle.ts";
import { recognise, type Recognised } from "../catalogue/recognise.ts";
import { readConfig } from "../config/config_file.ts";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { AssignedPort } from "./assigned_ports.ts";

/**
 * With the ports of servers that cannot be moved; they stand in place of what the registry gives a
 * server none of whose ports can.
 */
export async function withFixedPorts(
  context: Context,
  assigned: readonly AssignedPort[],
): Promise<AssignedPort[]> {
  const byInstance = Map.groupBy(assigned, ({ instance }) => instance);
  const all = await Promise.all([...byInstance].map(async ([instance, ports]) => {
    const servers = new Map(
      (await recognisedIn(context, instance)).map((entry) => [entry.tool, entry]),
    );
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

/** None where the config cannot be read: status and doctor say so. */
async function recognisedIn(context: Context, instance: string): Promise<Recognised[]> {
  try {
    const config = await readConfig(context.paths, instance);
    return recognise(config?.entries ?? [], await context.rules());
  } catch (error) {
    if (error instanceof CmgrError) return [];
    throw error;
  }
}
