/** A server that is learnt, and how it is started with ports of our choice. Pure. */
import { applyRule } from "../catalogue/apply_rule.ts";
import { copyVariables } from "../catalogue/copies.ts";
import { managedVariables } from "../catalogue/spec_rules.ts";
import { obstacleTo } from "../catalogue/obstacle.ts";
import { recognise, type Recognised } from "../catalogue/recognise.ts";
import type { PortRule, Rule } from "../catalogue/rule.ts";
import { commandFor, envOf } from "../check/plan_servers.ts";
import { type Entry, parseConfig } from "../config/config_text.ts";

export interface Subject {
  /** The entry without what cmgr wrote into it. */
  readonly entry: Entry;
  readonly sandbox: string;
  /** Where it is started, when its entry names no folder. */
  readonly folder?: string;
}

/** The variables that every server gets, as far as they name its port. */
const portVariables = ["MCP_PORT", "MCP_SERVER_PORT"];

/** @param given Ports that the instance has given to its tool */
export function subjectOf(
  entry: Entry,
  { rule, started }: Pick<Recognised, "rule" | "started">,
  given: readonly number[],
  sandbox: string,
): Subject {
  const ports = rule?.ports ?? [];
  const copying: readonly string[] = copyVariables;
  const moving = [...managedVariables, ...ports.flatMap(({ variables = [] }) => variables)];
  const numbers = given.map(String);
  const env = Object.fromEntries(
    envOf(entry).filter(([name, value]) =>
      !copying.includes(name) &&
      !(moving.includes(name) && numbers.some((port) => value.includes(port)))
    ),
  );
  const flags = ports.flatMap(({ flag }) => flag === undefined ? [] : [flag]);
  const args = entry.args.filter((word, i, all) => {
    if (i < started.at) return true;
    const isFlag = (at: number) => flags.includes(all[at]) && numbers.includes(all[at + 1]);
    return !isFlag(i) && !isFlag(i - 1) &&
      !flags.some((flag) => numbers.some((port) => word === `${flag}=${port}`));
  });
  return { entry: entryOf(entry.key, entry.command, args, env, entry.cwd), sandbox };
}

function entryOf(
  key: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string | undefined,
): Entry {
  const text = JSON.stringify({ mcpServers: { [key]: { command, args, env, cwd } } });
  return parseConfig(text, "the entry").entries[0];
}

/** How a copy is started: the ports that are moved, and where to. */
export interface Variant {
  readonly ports: readonly PortRule[];
  /** One for each of them. */
  readonly to: readonly number[];
  /** What every server is told as its port; nothing when not given. */
  readonly told?: number;
}

/**
 * The words that start it so, by the same means that put ports into a config.
 *
 * @returns `undefined` where one of the ports cannot be moved in this entry
 */
export function wordsFor(subject: Subject, variant: Variant): string[] | undefined {
  const { entry, sandbox, folder } = subject;
  const found = asRule(entry, variant.ports);
  if (variant.ports.some((port) => obstacleTo(port, found, true) !== undefined)) return undefined;
  const { env, args } = applyRule(found, {
    command: entry.command,
    ports: variant.to,
    pinned: variant.to.length,
    sandbox,
  });
  const told = variant.told === undefined
    ? []
    : portVariables.map((name) => `${name}=${variant.told}`);
  const given = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const moved = { ...entry, args: args?.(entry.args) ?? entry.args };
  // What is told comes first: the ports' own variables win, as they do in a config.
  return ["env", ...told, ...given, ...commandFor(moved, entry.cwd ?? folder)];
}

function asRule(entry: Entry, ports: readonly PortRule[]): Recognised {
  const rule: Rule = {
    name: entry.key,
    packages: [],
    aliases: [entry.key],
    ports,
    isUsers: true,
    source: "",
  };
  return recognise([entry], [rule])[0];
}
