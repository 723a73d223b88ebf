/** What an entry must contain for its ports, by its rule. Pure. */
import { readCommandLine } from "./command_line.ts";
import { movePublished } from "./containers.ts";
import { obstacleTo } from "./obstacle.ts";
import type { Recognised } from "./recognise.ts";
import { isMovable, type PortRule, withSandboxPath } from "./rule.ts";

export interface Applied {
  /** Variables that must have these values. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables for which the user's own value wins. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Puts the ports into the user's arguments; absent when none may change. */
  readonly args?: (args: readonly string[]) => readonly string[];
}

export interface RuleContext {
  readonly command: string;
  /** As many as the rule names. */
  readonly ports: readonly number[];
  /** How many of them, from the first, the user has pinned. */
  readonly pinned: number;
  readonly sandbox: string;
}

/** One also for an entry without a port that can be moved: every server gets a port variable. */
export function portCount(entry: Pick<Recognised, "ports">): number {
  return Math.max(1, movablePorts(entry).length);
}

/** The ports of an entry that can be moved; those of the tool are assigned in this order. */
export function movablePorts({ ports }: Pick<Recognised, "ports">): readonly PortRule[] {
  return ports.filter(isMovable);
}

export function applyRule(
  entry: Recognised,
  { command, ports, pinned, sandbox }: RuleContext,
): Applied {
  const moved = movablePorts(entry).map((port, i) => ({ ...port, to: String(ports[i]) }))
    .filter((port, i) => obstacleTo(port, entry, i < pinned) === undefined);
  const env = Object.fromEntries(
    moved.flatMap(({ variables = [], value = "{port}", to }) =>
      variables.map((name) => [name, value.replaceAll("{port}", to)])
    ),
  );
  const fileName = entry.key.replace(/[^A-Za-z0-9._@-]/g, "-").replace(/^\.+/, "-");
  const fill = (text: string) => withSandboxPath(text.replaceAll("{entry}", fileName), sandbox);
  const ownEnv = Object.entries(entry.isPortOnly ? {} : entry.rule?.env ?? {});
  const defaults = Object.fromEntries(ownEnv.map(([name, value]) => [name, fill(value)]));
  const inArguments = moved.filter(({ variables }) => variables === undefined);
  if (inArguments.length === 0) return { env, defaults };
  const args = (own: readonly string[]) =>
    inArguments.reduce((args, port) => moveByArguments(port, port.to, command, args), own);
  return { env, defaults, args };
}

/** Arguments of the runner come before those of the server and are never touched. */
function moveByArguments(
  rule: PortRule,
  port: string,
  command: string,
  args: readonly string[],
): readonly string[] {
  const { at, reach, container } = readCommandLine(command, args);
  if (container) return movePublished(container, args, rule.published!, port);
  const before = args.slice(0, at);
  const own = args.slice(at);
  if (rule.flag === undefined) {
    return [...before, ...movePositional(own, rule.positional!, port)];
  }
  const flag = { ...rule, flag: rule.flag };
  if (!reach.needsDashes) return [...before, ...moveFlag(own, flag, port)];
  // Options before a `--` are npm's, other words are the server's.
  const dashes = own.includes("--") ? own.indexOf("--") : own.length;
  const words = own.slice(0, dashes);
  const behind = own.slice(dashes + 1);
  const isAfter = flag.after !== undefined && words.includes(flag.after);
  const moved = moveFlag(behind, isAfter ? { ...flag, after: undefined } : flag, port);
  return moved === behind ? args : [...before, ...words, "--", ...moved];
}

function moveFlag(
  own: readonly string[],
  { flag, syntax, after }: PortRule & { readonly flag: string },
  port: string,
): readonly string[] {
  const start = after === undefined ? 0 : own.indexOf(after) + 1;
  if (after !== undefined && start === 0) return own;
  const found = own.findIndex((word, i) =>
    i >= start && (word === flag || word.startsWith(`${flag}=`))
  );
  if (found === -1) {
    // First of its own arguments: after a `--`, for example, it would not be read as a flag.
    const words = syntax === "equals" ? [`${flag}=${port}`] : [flag, port];
    return own.toSpliced(start, 0, ...words);
  }
  if (own[found] !== flag) return own.with(found, `${flag}=${port}`);
  const hasValue = found + 1 < own.length && !own[found + 1].startsWith("-");
  return own.toSpliced(found + 1, hasValue ? 1 : 0, port);
}

function movePositional(own: readonly string[], index: number, port: string): readonly string[] {
  if (own.length < index) return own;
  const isThere = own.length > index && /^\d+$/.test(own[index]);
  return own.toSpliced(index, isThere ? 1 : 0, port);
}
