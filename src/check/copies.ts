/** What the copies of one server, started as the app does, come to together. Pure. */
import { isMovable } from "../catalogue/rule.ts";
import type { Recognised } from "../catalogue/recognise.ts";
import type { CopyCheck, ProbeState, ServerCheck } from "./result.ts";
import type { Came } from "./start_together.ts";

/** One for the chat, one for the Code and Cowork side. */
export const copiesAtOnce = 2;

/** How a process ends that another one has ended, in bubblewrap too. */
const endedByAnother = /ended with (?:signal SIG(?:KILL|TERM|INT)|exit code (?:130|137|143))\b/;

/** What to do about a clash. */
export function adviceOnClash(
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
 * @param copies In their order
 * @param advice What to do about a clash
 */
export function joinCopies(
  copies: readonly Came[],
  probe: ProbeState,
  advice: string,
): ServerCheck {
  const told = copies.map((came, i) => tellClash(came, copies.toSpliced(i, 1), advice));
  const [first] = told;
  const failed = told.findIndex(({ answered }) => !answered);
  const worst = told.find(({ state }) => state === "clash") ?? told[Math.max(failed, 0)];
  const reasons = told.flatMap(({ reason }, i) =>
    reason === null ? [] : [`copy ${i + 1}: ${reason}`]
  );
  const ports = new Map(told.flatMap(({ ports }) => ports).map((open) => [open.port, open]));
  return {
    ...worst,
    server: first.server ?? worst.server,
    tools: first.tools ?? worst.tools,
    answered: failed === -1,
    reason: reasons.length === 0 ? null : reasons.join("; "),
    durationMs: Math.max(...told.map(({ durationMs }) => durationMs)),
    ports: [...ports.values()].sort((a, b) => a.port - b.port),
    probe,
    copies: told.map((report, i) => copyOf(report, i + 1)),
  };
}

function copyOf(report: ServerCheck, copy: number): CopyCheck {
  const { entry: _entry, tool: _tool, rule: _rule, probe: _probe, copies: _copies, ...rest } =
    report;
  return { copy, ...rest };
}

/** A copy that failed because of another one: by its port, or since it was ended. */
function tellClash(
  { report, takenPort }: Came,
  others: readonly Came[],
  advice: string,
): ServerCheck {
  if (report.answered) return report;
  const running = others.filter((other) => other.report.answered);
  const holder = takenPort === undefined
    ? undefined
    : running.find(({ report: { ports } }) =>
      takenPort === null ? ports.length > 0 : ports.some(({ port }) => port === takenPort)
    );
  if (holder !== undefined) {
    const port = takenPort === null ? "its port" : `port ${takenPort}`;
    return {
      ...report,
      state: "clash",
      reason: `a clash: the other copy has ${port}: ${report.reason}`,
      advice,
    };
  }
  if (running.length > 0 && endedByAnother.test(report.reason ?? "")) {
    const reason = `a clash: the other copy ended it: ${report.reason}`;
    return { ...report, state: "clash", reason, advice };
  }
  return report;
}
