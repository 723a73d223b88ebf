/** One report for the copies of a server that are started as the app does. Pure. */
import { isMovable } from "../catalogue/rule.ts";
import type { Recognised } from "../catalogue/recognise.ts";
import type { CopyCheck, ProbeState, ServerCheck } from "./result.ts";
import type { CopyOutcome } from "./start_servers.ts";

/** One for the chat, one for the Code and Cowork side. */
export const copiesAtOnce = 2;

/** How a process ends that another one has ended, also in bubblewrap. */
const endedByAnother = /ended with (?:signal SIG(?:KILL|TERM|INT)|exit code (?:130|137|143))\b/;

export function clashAdvice(
  instance: string,
  { key, rule, ports }: Pick<Recognised, "key" | "rule" | "ports">,
  hasPorts: boolean,
): string {
  if (!hasPorts) return `Give the copies ports of their own with: cmgr mcp ${instance} --ports`;
  if (ports.length > 0 && !ports.some(isMovable)) {
    return "No way is known to move its port, so that one copy of it can run at a time";
  }
  return rule === undefined
    ? "Find out how its port is moved, so that each copy gets its own, with: " +
      `cmgr learn ${instance} ${key}`
    : 'Each copy gets its own port where its rule has "secondCopy": "exits" and says how the port ' +
      "is moved; see: cmgr tools --help";
}

/**
 * @param outcomes In the order of the copies
 * @param advice What to do about a clash
 */
export function joinCopies(
  outcomes: readonly CopyOutcome[],
  probe: ProbeState,
  advice: string,
): ServerCheck {
  const copies = outcomes.map((one, i) => markClash(one, outcomes.toSpliced(i, 1), advice));
  const [first] = copies;
  const failed = copies.find(({ answered }) => !answered);
  const worst = copies.find(({ state }) => state === "clash") ?? failed ?? first;
  const reasons = copies.flatMap(({ reason }, i) =>
    reason === null ? [] : [`copy ${i + 1}: ${reason}`]
  );
  const ports = new Map(copies.flatMap(({ ports }) => ports).map((open) => [open.port, open]));
  return {
    ...worst,
    server: first.server ?? worst.server,
    tools: first.tools ?? worst.tools,
    answered: failed === undefined,
    reason: reasons.join("; ") || null,
    durationMs: Math.max(...copies.map(({ durationMs }) => durationMs)),
    ports: [...ports.values()].sort((a, b) => a.port - b.port),
    probe,
    copies: copies.map((report, i) => copyOf(report, i + 1)),
  };
}

function copyOf(report: ServerCheck, copy: number): CopyCheck {
  const { entry: _entry, tool: _tool, rule: _rule, probe: _probe, copies: _copies, ...rest } =
    report;
  return { copy, ...rest };
}

/** For a copy that failed because of another one: it had the port, or ended this one. */
function markClash(
  { report, takenPort }: CopyOutcome,
  others: readonly CopyOutcome[],
  advice: string,
): ServerCheck {
  const running = others.map((other) => other.report).filter(({ answered }) => answered);
  if (report.answered || running.length === 0) return report;
  const clash = (what: string): ServerCheck => ({
    ...report,
    state: "clash",
    reason: `a clash: the other copy ${what}: ${report.reason}`,
    advice,
  });
  if (takenPort === null && running.some(({ ports }) => ports.length > 0)) {
    return clash("has its port");
  }
  if (running.some(({ ports }) => ports.some(({ port }) => port === takenPort))) {
    return clash(`has port ${takenPort}`);
  }
  return endedByAnother.test(report.reason ?? "") ? clash("ended it") : report;
}
