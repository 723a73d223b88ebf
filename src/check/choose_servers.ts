/** Which servers of a config are started for a check, and which are not. Pure. */
import { suggestion } from "../json/nearest.ts";
import { hazardsOf } from "../catalogue/hazards.ts";
import type { Recognised } from "../catalogue/recognise.ts";
import { CmgrError } from "../errors.ts";
import type { Listener } from "../ports/listeners.ts";

/**
 * @param names Keys or tools; all when there is none
 * @throws {CmgrError} `usage` for a name that is not there
 */
export function choose<T extends { readonly key: string; readonly tool: string }>(
  servers: readonly T[],
  names: readonly string[],
): T[] {
  for (const name of names) {
    if (servers.some(({ key, tool }) => key === name || tool === name)) continue;
    throw new CmgrError(
      "usage",
      `There is no server called ${JSON.stringify(name)} in this config`,
      servers.length === 0
        ? "The config has no servers"
        : `${suggestion(name, servers.map(({ key }) => key))}There are: ${
          servers.map(({ key }) => key).join(", ")
        }`,
    );
  }
  return servers.filter(({ key, tool }) =>
    names.length === 0 || names.includes(key) || names.includes(tool)
  );
}

/** Whether it ends others: it is started when all those have been ended that it would end. */
export function endsOthers({ rule, isPortOnly }: Recognised): boolean {
  return !isPortOnly &&
    (["exclusive", "ends-copies"] as const).some((kind) => hazardsOf(rule, kind).length > 0);
}

/** Why a server must not be started now: it would end one that runs. */
export function obstacleTo(
  entry: Recognised,
  held: readonly Listener[],
  isRunning: boolean,
): string | undefined {
  if (!endsOthers(entry)) return undefined;
  const [exclusive] = hazardsOf(entry.rule, "exclusive");
  const [hazard] = [exclusive, ...hazardsOf(entry.rule, "ends-copies")].filter(Boolean);
  if (isRunning) {
    return `it was not started: it ${hazard.text}, and the instance is running with its own copy`;
  }
  const holder = exclusive &&
    held.find(({ port }) => entry.ports.some((one) => one.default === port));
  if (!holder) return undefined;
  const who = holder.command === null ? "" : ` (${holder.command}, process ${holder.pid})`;
  return `it was not started: it ${hazard.text}, and a process is listening there${who}`;
}
