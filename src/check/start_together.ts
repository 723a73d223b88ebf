/** Starts servers at the same time, and finds what comes of them. */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Recognised } from "../catalogue/recognise.ts";
import type { Entry } from "../config/config_text.ts";
import type { Instance } from "../instance.ts";
import type { ChosenIsolation } from "../sandbox/isolation.ts";
import { evidenceOf } from "./evidence.ts";
import { learnAdvice } from "./learn_advice.ts";
import { placePorts, portsExpected } from "./open_ports.ts";
import { reasonOf } from "./reason.ts";
import { answeredReport, type ServerCheck, silentReport } from "./result.ts";
import { endServers, type ServerCommand } from "./server_process.ts";
import { openServerSession, type ServerSession, type SessionOutcome } from "./server_session.ts";
import { tellWaiting } from "./waiting.ts";
import { watchPorts } from "./watch_ports.ts";

/** What to check, and how. */
export interface CheckRequest {
  readonly instance: Instance;
  /** Keys or tools to check; all when there is none. */
  readonly tools: readonly string[];
  /** Whether each server is probed and then started twice, as by the app. */
  readonly asApp?: true;
  /** How long each server may take to answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the check early. */
  readonly signal: AbortSignal;
}

/** Everything that one check shares. */
export interface Check extends CheckRequest {
  readonly context: Context;
  readonly secrets: readonly string[];
  readonly isolation: ChosenIsolation | null;
  /** Processes that could not be ended. */
  readonly left: number[];
}

/** A server that can be started. */
export interface Startable {
  readonly entry: Entry;
  readonly recognised: Recognised;
  readonly command: ServerCommand;
  /** Which copy of it, counted from 1; absent where there is one. */
  readonly copy?: number;
}

/** What came of a server, and what is not told but decides. */
export interface Came {
  readonly report: ServerCheck;
  /** As in {@linkcode Reason}. */
  readonly takenPort?: number | null;
}

/** @throws {CmgrError} `interrupted`; everything that was started is ended then too */
export async function startTogether(
  check: Check,
  group: readonly Startable[],
): Promise<Came[]> {
  const { context, instance, signal } = check;
  const startedAt = Date.now();
  const sessions: ServerSession[] = [];
  try {
    const met = group.map((server) => {
      const session = openServerSession(server.command, check);
      sessions.push(session);
      const came = session.outcome.then(async (outcome) =>
        await tellOf(check, server, session, outcome, startedAt)
      );
      return { ...server, session, came };
    });
    const told = tellWaiting(context, instance.sandbox, met, startedAt);
    const watched = met.map(({ session, recognised, entry }) => ({
      session,
      expected: portsExpected(recognised, entry),
    }));
    const [open] = await Promise.all([watchPorts(context.paths, watched, told, signal), told]);
    refuseInterrupted(signal);
    const allocation = await instance.allocation();
    return await Promise.all(met.map(async ({ came, ...server }, i): Promise<Came> => {
      const now = await endedSince(check, server, startedAt) ?? await came;
      const ports = placePorts(open[i], allocation);
      const { report } = now;
      const advice = report.answered
        ? await learnAdvice(instance, { ...server, launch: server.entry, ports })
        : report.advice;
      return { ...now, report: { ...report, ports, advice } };
    }));
  } finally {
    await Promise.all(sessions.map((session) => session.leave()));
    const left = await endServers(context.paths, sessions.map(({ server }) => server));
    check.left.push(...left);
  }
}

/** For one of several copies: its result, if it answered and has ended since. */
async function endedSince(
  check: Check,
  server: Startable & { readonly session: ServerSession },
  startedAt: number,
): Promise<Came | undefined> {
  const outcome = await server.session.outcome;
  const ended = server.session.server.howEnded();
  if (server.copy === undefined || outcome.introduction === undefined || ended === undefined) {
    return undefined;
  }
  const { durationMs } = outcome;
  return await tellOf(check, server, server.session, { ended, durationMs }, startedAt);
}

async function tellOf(
  check: Check,
  { recognised, entry }: Startable,
  session: ServerSession,
  outcome: SessionOutcome,
  startedAt: number,
): Promise<Came> {
  const { secrets, instance, signal } = check;
  if (outcome.introduction) {
    return { report: answeredReport(recognised, outcome.introduction, outcome.durationMs) };
  }
  // Nobody reads what is found of a check that was interrupted.
  const evidence = signal.aborted
    ? { ...outcome, stderr: [], stdout: [] }
    : await evidenceOf({ ...check, entry, session, outcome, startedAt });
  const reason = reasonOf(evidence, instance.name);
  const report = silentReport(recognised, reason.state, reason.text, {
    ...reason,
    ...evidence,
    secrets,
    durationMs: outcome.durationMs,
  });
  return { report, takenPort: reason.takenPort };
}

function refuseInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new CmgrError(
    "interrupted",
    "The check was interrupted; everything that it started was stopped",
    "Repeat it, or check a single server with: cmgr check NAME TOOL",
  );
}
