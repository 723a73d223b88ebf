import { type Dictionary, dictionary, namesIn } from "../json/dictionary.ts";
import { suggestion } from "../json/nearest.ts";
import { CmgrError } from "../errors.ts";
import {
  type Allocation,
  type Pins,
  portsOfCopies,
  portsOfTool,
  type Wanted,
} from "../ports/allocate.ts";
import { contains, formatRange } from "../ports/layout.ts";
import { forbiddenPorts, sparePorts, specTools } from "../catalogue/spec_rules.ts";
import type { PortRegistry } from "../registry/ports.ts";
import { allocationOf, reservedRanges } from "../registry/ranges.ts";
import { highestPort } from "../settings/port_layout.ts";

export interface PinChange {
  /** By tool, or by the key of its entry. */
  readonly pin: Pins;
  readonly unpin: readonly string[];
}

export interface Pinned {
  readonly instance: string;
  readonly allocation: Allocation;
  readonly wanted: readonly Wanted[];
  readonly toolOf: ReadonlyMap<string, string>;
}

/**
 * @returns All pins of the instance afterwards
 * @throws {CmgrError} `usage` for a tool that it does not have, or a number that is no port;
 * `conflict` for a port that is another's or never handed out
 */
export function changePins(registry: PortRegistry, pinned: Pinned, change: PinChange): Pins {
  const pins = new Map(pinned.allocation.pins);
  for (const name of change.unpin) pins.delete(toolNamed(pinned, name, pins));
  const added = new Map<string, readonly number[]>();
  for (const [name, ports] of change.pin) added.set(toolNamed(pinned, name, pins), ports);
  for (const tool of added.keys()) pins.delete(tool);
  for (const [tool, ports] of added) {
    checkCount(pinned, tool, ports);
    for (const port of ports) {
      checkPort(port);
      refuseTaken(registry, { ...pinned, allocation: { ...pinned.allocation, pins } }, tool, port);
    }
    pins.set(tool, ports);
  }
  return pins;
}

function toolNamed({ allocation, wanted, toolOf }: Pinned, name: string, pins: Pins): string {
  const tools = new Set([
    ...allocation.offsets.keys(),
    ...wanted.map(({ tool }) => tool),
    ...pins.keys(),
  ]);
  const tool = tools.has(name) ? name : toolOf.get(name);
  if (tool !== undefined) return tool;
  throw new CmgrError(
    "usage",
    `There is no tool called ${JSON.stringify(name)} in this instance`,
    `${suggestion(name, [...tools, ...toolOf.keys()])}There are: ${[...tools].join(", ")}`,
  );
}

function checkCount({ instance, wanted }: Pinned, tool: string, ports: readonly number[]): void {
  const count = wanted.find((one) => one.tool === tool)?.count ?? 1;
  if (ports.length > count) {
    const has = count === 1 ? "one port" : `${count} ports`;
    throw new CmgrError(
      "usage",
      `"${tool}" of "${instance}" has ${has}, not ${ports.length}`,
      "Name as many ports as it has, or fewer",
    );
  }
  if (new Set(ports).size < ports.length) {
    throw new CmgrError("usage", `"${tool}" cannot have one port twice`, "Name different ports");
  }
}

function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > highestPort) {
    throw new CmgrError(
      "usage",
      `${port} is not a port`,
      `A port is a whole number from 1 to ${highestPort}`,
    );
  }
  const reason = forbiddenPorts.get(port);
  if (reason !== undefined) throw conflict(`Port ${port} is never given to a tool: ${reason}`);
}

function refuseTaken(
  registry: PortRegistry,
  { instance, allocation }: Pinned,
  tool: string,
  port: number,
): void {
  const other = ownerOf(port, allocation, tool);
  const fault = other === undefined
    ? faultElsewhere(registry, instance, port)
    : taken(allocation, instance, other, port);
  if (fault) throw fault;
}

/** @param taken Ports that none of its tools may have */
export function pinsStillFree(
  registry: PortRegistry,
  instance: string,
  pins: Dictionary<number[]>,
  taken: ReadonlySet<number>,
): Dictionary<number[]> {
  const free = Object.entries(pins).filter(([, ports]) =>
    ports.every((port) =>
      !taken.has(port) && faultElsewhere(registry, instance, port) === undefined
    )
  );
  return Object.assign(dictionary<number[]>(), Object.fromEntries(free));
}

function faultElsewhere(
  registry: PortRegistry,
  except: string,
  port: number,
): CmgrError | undefined {
  for (const instance of namesIn(registry.bases)) {
    const allocation = instance === except ? undefined : allocationOf(registry, instance);
    if (allocation === undefined) continue;
    const owner = ownerOf(port, allocation);
    if (owner !== undefined) return taken(allocation, instance, owner, port);
    const spare = specTools.find(({ offset }) => {
      const place = port - allocation.range.base - offset;
      return place > 0 && place <= sparePorts;
    });
    if (spare) {
      return conflict(
        `Port ${port} is reserved for a second copy of "${spare.name}" in "${instance}"`,
      );
    }
  }
  const kept = reservedRanges(registry).find((range) => contains(range, port));
  return kept && conflict(
    `Port ${port} is in ${formatRange(kept)}, which is reserved for a removed instance`,
    "Choose another port, or delete the removed instance permanently: cmgr trash --empty",
  );
}

/** The tool that has a port, other than `except`. */
function ownerOf(port: number, allocation: Allocation, except?: string): string | undefined {
  return [...allocation.offsets.keys()].find((tool) =>
    tool !== except &&
    [...portsOfTool(allocation, tool), ...portsOfCopies(allocation, tool)].includes(port)
  );
}

function taken(allocation: Allocation, instance: string, tool: string, port: number): CmgrError {
  const isPinned = allocation.pins?.get(tool)?.includes(port);
  return conflict(
    `Port ${port} is ${isPinned ? "pinned to" : "the port of"} "${tool}" in "${instance}"`,
    isPinned
      ? `Choose another port, or free it with: cmgr mcp ${instance} --unpin ${tool}`
      : undefined,
  );
}

function conflict(message: string, hint = "Choose another port"): CmgrError {
  return new CmgrError("conflict", message, hint);
}
