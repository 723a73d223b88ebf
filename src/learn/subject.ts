/** How a server that is learnt is started with ports of cmgr's choice. Pure. */
import { applyRule } from "../catalogue/apply_rule.ts";
import { copyVariables } from "../catalogue/copies.ts";
import { managedVariables, portVariables } from "../catalogue/spec_rules.ts";
import { obstacleTo } from "../catalogue/obstacle.ts";
import { recognise, type Recognised } from "../catalogue/recognise.ts";
import type { PortRule, Rule } from "../catalogue/rule.ts";
import { commandFor, envOf } from "../check/plan_servers.ts";
import { type Entry, parseConfig } from "../config/config_text.ts";

export interface LearnSubject {
  /** The entry without what cmgr wrote into it. */
  readonly entry: Entry;
  readonly sandbox: string;
  /** Where it is started if its entry names no folder. */
  readonly folder?: string;
}

/** @param given Ports that the instance has assigned to its tool */
export function subjectOf(
  entry: Entry,
  { rule, started }: Pick<Recognised, "rule" | "started">,
  given: readonly number[],
  sandbox: string,
): LearnSubject {
  const ports = rule?.ports ?? [];
  const forCopies: readonly string[] = copyVariables;
  const forPorts = [...managedVariables, ...ports.flatMap(({ variables = [] }) => variables)];
  const numbers = given.map(String);
  const env = Object.fromEntries(
    envOf(entry).filter(([name, value]) =>
      !forCopies.includes(name) &&
      !(forPorts.includes(name) && numbers.some((port) => value.includes(port)))
    ),
  );
  const flags = ports.flatMap(({ flag }) => flag === undefined ? [] : [flag]);
  const args = entry.args.filter((word, i, all) => {
    if (i < started.at) return true;
    const isFlag = (at: number) => flags.includes(all[at]) && numbers.includes(all[at + 1]);
    return !isFlag(i) && !isFlag(i - 1) &&
      !flags.some((flag) => numbers.some((port) => word === `${flag}=${port}`));
  });
  const { key, command, cwd } = entry;
  const text = JSON.stringify({ mcpServers: { [key]: { command, args, env, cwd } } });
  return { entry: parseConfig(text, "the entry").entries[0], sandbox };
}

/** The ports to move. */
export interface Variant {
  readonly ports: readonly PortRule[];
  /** A number for each of them. */
  readonly to: readonly number[];
  /** Value of the port variables that every server gets; they are not set if not given. */
  readonly mcpPort?: number;
}

/**
 * The command line for a variant, made by the code that puts ports into a config.
 *
 * @returns `undefined` where one of the ports cannot be moved in this entry
 */
export function wordsFor(
  { entry, sandbox, folder }: LearnSubject,
  { ports, to, mcpPort }: Variant,
): string[] | undefined {
  const { key, command } = entry;
  const rule: Rule = { name: key, packages: [], aliases: [key], ports, isUsers: true, source: "" };
  const [found] = recognise([entry], [rule]);
  if (ports.some((port) => obstacleTo(port, found, true) !== undefined)) return undefined;
  const { env, args } = applyRule(found, { command, ports: to, pinned: to.length, sandbox });
  const shared = mcpPort === undefined ? [] : portVariables.map((name) => `${name}=${mcpPort}`);
  const own = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const moved = { ...entry, args: args?.(entry.args) ?? entry.args };
  // The ports' own variables come last: they win, as in a config.
  return ["env", ...shared, ...own, ...commandFor(moved, entry.cwd ?? folder)];
}
