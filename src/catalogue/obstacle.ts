/** Why a port is not moved. Pure. */
import type { Recognised } from "./recognise.ts";
import { describeMove, isMovable, type PortRule } from "./rule.ts";

/**
 * @param isPinned Whether the user has pinned this port
 * @returns `undefined` for a port that is moved
 */
export function obstacleTo(
  port: PortRule,
  { started: { reach } }: Pick<Recognised, "started">,
  isPinned: boolean,
): string | undefined {
  if (!isMovable(port)) return "it cannot be moved";
  if (port.onlyPinned && !isPinned) return "it moves only when it is pinned";
  const way = describeMove(port);
  const set = port.variables?.find((name) => reach.assigned.includes(name));
  if (set !== undefined) return `the command line itself sets or removes ${set}`;
  const lost = port.variables ? reach.noVariables : reach.noArguments;
  return lost && `it can be moved only by ${way}, and ${lost}`;
}

/** For people: how each port of an entry is moved, or why it is not. */
export function describeMoves(entry: Recognised, pinned: number): string[] {
  let at = 0;
  return entry.ports.map((port) => {
    const obstacle = obstacleTo(port, entry, isMovable(port) && at++ < pinned);
    return obstacle === undefined ? describeMove(port) : `left alone: ${obstacle}`;
  });
}
