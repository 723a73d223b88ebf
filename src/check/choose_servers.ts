/** Which servers of a config are started for a check, and which are not. Pure. */
import { suggestion } from "../json/nearest.ts";
import { hazardsOf } from "../catalogue/hazards.ts";
import type { Recognised } from "../catalogue/recognise.ts";
import type { Hazard } from "../catalogue/rule.ts";
import { CmgrError } from "../errors.ts";
import type { Listener } from "../ports/listeners.ts";

/**
 * @param names Keys or tools; all servers if empty
 * @throws {CmgrError} `usage` for a name that is not there
 */
export function choose<T extends { readonly key: string; readonly tool: string }>(
  servers: readonly T[],
  names: readonly string[],
): T[] {
  const keys = servers.map(({ key }) => key);
  const unknown = names.find((name) =>
    !servers.some(({ key, tool }) => key === name || tool === name)
  );
  if (unknown !== undefined) {
    throw new CmgrError(
      "usage",
      `There is no server called ${JSON.stringify(unknown)} in this config`,
      keys.length === 0
        ? "The config has no servers"
        : `${suggestion(unknown, keys)}There are: ${keys.join(", ")}`,
    );
  }
  return servers.filter(({ key, tool }) =>
    names.length === 0 || names.includes(key) || names.includes(tool)
  );
}

/** What a server would end; it is started after those have been ended. */
export function endsOthers({ rule, isPortOnly }: Recognised): Hazard | undefined {
  if (isPortOnly) return undefined;
  return [...hazardsOf(rule, "exclusive"), ...hazardsOf(rule, "ends-copies")][0];
}

/** Why a server must not be started now: it would end one that runs. */
export function reasonNotToStart(
  entry: Recognised,
  held: readonly Listener[],
  isRunning: boolean,
): string | undefined {
  const hazard = endsOthers(entry);
  if (hazard === undefined) return undefined;
  if (isRunning) {
    return `it was not started: it ${hazard.text}, and the instance is running with its own copy`;
  }
  const holder = hazard.kind === "exclusive"
    ? held.find(({ port }) => entry.ports.some((one) => one.default === port))
    : undefined;
  if (holder === undefined) return undefined;
  const who = holder.command === null ? "" : ` (${holder.command}, process ${holder.pid})`;
  return `it was not started: it ${hazard.text}, and a process is listening there${who}`;
}
