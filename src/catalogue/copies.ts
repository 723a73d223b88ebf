/**
 * The app runs more than one copy of a server. Where a second one exits because the first has its
 * port, each is started through a script in the sandbox that gives it ports of its own. Pure.
 */
import { applyRule, movablePorts, type RuleContext } from "./apply_rule.ts";
import { obstacleTo } from "./obstacle.ts";
import type { Recognised } from "./recognise.ts";
import { portVariables } from "./spec_rules.ts";

/** Usually two at a time; more have been seen while one ends and the next begins. */
const copiesOfServer = 4;

/** The script reads from these the command, the ports of each copy, and where to put them. */
export const copyVariables = ["CMGR_COPY_COMMAND", "CMGR_COPY_PORTS", "CMGR_COPY_PLACES"] as const;

/** How many copies beside the first need ports of their own. */
export function furtherCopies(entry: Recognised, os: string = Deno.build.os): number {
  const { rule, isPortOnly, ports } = entry;
  // The script needs flock and /proc.
  const isClashing = os === "linux" && !isPortOnly && rule?.secondCopy === "exits";
  const isMoved = ports.length > 0 &&
    ports.every((port) =>
      obstacleTo(port, entry, false) === undefined &&
      // The script separates places by blanks, and puts one port into each.
      /^\S*$/.test(port.value ?? "") && (port.value ?? "{port}").split("{port}").length === 2
    );
  return isClashing && isMoved ? copiesOfServer - 1 : 0;
}

/**
 * @param context With the ports of the first copy
 * @param further The ports of all further copies, one copy after the other
 * @param args With the ports of the first copy
 * @returns `undefined` where another copy cannot be given its ports
 */
export function variablesOfCopies(
  entry: Recognised,
  context: RuleContext,
  further: readonly number[],
  args: readonly string[],
): Record<typeof copyVariables[number], string> | undefined {
  const movable = movablePorts(entry);
  const first = context.ports.slice(0, movable.length);
  if (further.length < movable.length || furtherCopies(entry, "linux") === 0) return undefined;
  const moved = applyRule(entry, { ...context, ports: further }).args?.(args) ?? args;
  const places = movable.map(({ variables = [], value = "{port}" }, i) => {
    const mark = `{${i + 1}}`;
    const port = String(first[i]);
    const inArguments = args.flatMap((word, at) =>
      word !== moved[at] && word.endsWith(port)
        ? [`${at}=${word.slice(0, -port.length)}${mark}`]
        : []
    );
    return [...variables.map((name) => `${name}=${value.replace("{port}", mark)}`), ...inArguments];
  });
  if (moved.length !== args.length || places.some((own) => own.length === 0)) return undefined;
  const all = [...first, ...further];
  const copies = Array.from(
    { length: Math.floor(all.length / movable.length) },
    (_, copy) => all.slice(copy * movable.length, (copy + 1) * movable.length).join(","),
  );
  const everyPlace = new Set([...portVariables.map((name) => `${name}={1}`), ...places.flat()]);
  return {
    CMGR_COPY_COMMAND: context.command,
    CMGR_COPY_PORTS: copies.join(" "),
    CMGR_COPY_PLACES: [...everyPlace].join(" "),
  };
}
