/**
 * Servers of which a second copy exits when the first has its port: the app runs more than one, so
 * each copy is started through a script in the sandbox that gives it ports of its own. Pure.
 */
import { applyRule, movablePorts, type RuleContext } from "./apply_rule.ts";
import { obstacleTo } from "./obstacle.ts";
import type { Recognised } from "./recognise.ts";

/** Two at a time are the rule; more have been seen while one ends and the next begins. */
const copiesOfServer = 4;

/** What tells the script: the command, the ports of each copy, and where they are put. */
export const copyVariables = [
  "CMGR_COPY_COMMAND",
  "CMGR_COPY_PORTS",
  "CMGR_COPY_PLACES",
] as const;

/** How many copies beside the first need ports of their own. */
export function furtherCopies(entry: Recognised, os: string = Deno.build.os): number {
  const { rule, isPortOnly, ports } = entry;
  // The script needs flock and /proc.
  const isClashing = os === "linux" && !isPortOnly && rule?.secondCopy === "exits";
  const isMoved = ports.length > 0 &&
    ports.every((port) =>
      obstacleTo(port, entry, false) === undefined &&
      // Places are separated by blanks, and each has one port.
      !/\s/.test(port.value ?? "") && (port.value ?? "{port}").split("{port}").length === 2
    );
  return isClashing && isMoved ? copiesOfServer - 1 : 0;
}

/**
 * @param context Its ports are those of the first copy
 * @param further The ports of all further copies, one after the other
 * @param args The arguments as they are with the ports of the first copy
 * @returns `undefined` where its ports cannot be given to another copy
 */
export function variablesOfCopies(
  entry: Recognised,
  context: RuleContext,
  further: readonly number[],
  args: readonly string[],
): Record<typeof copyVariables[number], string> | undefined {
  const first = context.ports;
  const movable = movablePorts(entry);
  if (further.length < movable.length || furtherCopies(entry, "linux") === 0) return undefined;
  const moved = applyRule(entry, { ...context, ports: further }).args?.(args) ?? args;
  const places = movable.map(({ variables = [], value = "{port}" }, i) => {
    const mark = `{${i + 1}}`;
    return [
      ...variables.map((name) => `${name}=${value.replace("{port}", mark)}`),
      ...args.flatMap((word, at) =>
        word !== moved[at] && word.endsWith(String(first[i]))
          ? [`${at}=${word.slice(0, -String(first[i]).length)}${mark}`]
          : []
      ),
    ];
  });
  if (moved.length !== args.length || places.some((own) => own.length === 0)) return undefined;
  const told = new Set(["MCP_PORT={1}", "MCP_SERVER_PORT={1}", ...places.flat()]);
  const all = [...first.slice(0, movable.length), ...further];
  const copies = Array.from(
    { length: Math.floor(all.length / movable.length) },
    (_, copy) => all.slice(copy * movable.length, (copy + 1) * movable.length).join(","),
  );
  return {
    CMGR_COPY_COMMAND: context.command,
    CMGR_COPY_PORTS: copies.join(" "),
    CMGR_COPY_PLACES: [...told].join(" "),
  };
}
