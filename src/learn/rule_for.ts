/** Makes a rule from what was seen. Pure. */
import type { Recognised } from "../catalogue/recognise.ts";
import { describeMove, type Hazard, isMovable, type PortRule } from "../catalogue/rule.ts";
import type { UserRule } from "../catalogue/user_rules.ts";
import type { Copies } from "./copies.ts";
import type { FoundPackage } from "../check/find_package.ts";

export interface LearntFacts {
  readonly entry: Pick<Recognised, "key" | "rule" | "started">;
  readonly package: FoundPackage | undefined;
  /** Names of other rules: a rule with such a name would change it. */
  readonly taken: ReadonlySet<string>;
  /** As the server calls itself. */
  readonly server: { readonly name: string; readonly version: string };
  readonly ports: readonly PortRule[];
  /** `undefined` for a server that binds nothing. */
  readonly copies: Copies | undefined;
  /** Where it was started, if it binds nothing in the home. */
  readonly folder?: string;
  readonly isShared: boolean;
  readonly isCutShort: boolean;
  /** `2026-11-24`. */
  readonly date: string;
}

export function ruleFor(facts: LearntFacts): UserRule {
  const { entry: { key, rule, started }, package: found, ports, copies, server, date } = facts;
  const { program } = started;
  const version = (found?.version ?? server.version) || "unknown";
  const learnt = { package: found?.name ?? server.name, version, date };
  const hazards = [
    ...hazardsFor(ports, copies),
    // Learning cannot see the others.
    ...(rule?.hazards ?? []).filter(({ kind }) => !seen.has(kind)),
  ];
  return {
    name: nameFor(facts),
    ...(found ? { packages: [found.name] } : { packages: [], aliases: [key] }),
    ...(found && program !== undefined && !isRunner(program) && { commands: [program] }),
    ...(ports.length > 0 && { ports }),
    ...(rule?.env && { env: rule.env }),
    ...(hazards.length > 0 && { hazards }),
    ...(copies?.secondCopy && { secondCopy: copies.secondCopy }),
    learnt,
    source: sourceFor(facts, learnt),
  };
}

const seen: ReadonlySet<Hazard["kind"]> = new Set(["exclusive", "ends-copies", "immovable"]);

function isRunner(program: string): boolean {
  return /^(?:node|npx|python[\d.]*|uvx?|bunx?|deno|sh|bash|env)$/.test(program);
}

/** The rule's own name, else the package's, with its registry if another rule has that name. */
function nameFor({ entry: { key, rule }, package: found, taken }: LearntFacts): string {
  if (rule !== undefined) return rule.name;
  const name = found?.name.replace(/^pypi:/, "") ?? key;
  if (!taken.has(name)) return name;
  return found === undefined ? `entry:${key}` : found.name === name ? `npm:${name}` : found.name;
}

function hazardsFor(ports: readonly PortRule[], copies: Copies | undefined): Hazard[] {
  const fixed = ports.filter((port) => !isMovable(port))
    .map((port) => port.default === undefined ? "a port that varies" : `port ${port.default}`);
  if (fixed.length > 0) {
    const text = `always takes ${fixed.join(" and ")}`;
    return copies?.secondCopy === "kills the first"
      ? [{ kind: "exclusive", text: `${text} and ends the copy that has it` }]
      : [{ kind: "immovable", text }];
  }
  return copies?.endsCopies
    ? [{ kind: "ends-copies", text: "ends other copies of itself, whatever ports they have" }]
    : [];
}

function sourceFor(
  { ports, copies, folder, isShared, isCutShort }: LearntFacts,
  learnt: NonNullable<UserRule["learnt"]>,
): string {
  const observed = ports.length === 0
    ? "binds nothing over stdio"
    : ports.map((port) =>
      `binds ${port.default ?? "a port that varies"}, ${
        isMovable(port) ? `moved by ${describeMove(port)}` : "which cannot be moved"
      }`
    ).join("; ");
  return [
    `learnt, ${learnt.package} ${learnt.version}, ${learnt.date}: ${observed}`,
    ...(folder === undefined ? [] : [`only when it is started outside the home`]),
    ...(copies?.seen ? [copies.seen] : []),
    ...(copies?.apart === false && !copies.endsCopies
      ? ["two copies with a port each did not both open them"]
      : []),
    ...(isShared ? ["tried in the machine's network"] : []),
    ...(isCutShort ? ["the time was over before all ways were tried"] : []),
  ].join("; ");
}
