/** Starts servers at the same time, and reports what comes of each. */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Recognised } from "../catalogue/recognise.ts";
import type { Entry } from "../config/config_text.ts";
import type { Instance } from "../instance.ts";
import { evidenceOf } from "./evidence.ts";
import { learnAdvice } from "./learn_advice.ts";
import { placePorts, watchPorts } from "./open_ports.ts";
import { type Reason, reasonOf } from "./reason.ts";
import { answeredReport, type ServerCheck, silentReport } from "./result.ts";
import { endServers, type ServerCommand } from "./server_process.ts";
import { openServerSession, type ServerSession, type SessionOutcome } from "./server_session.ts";
import { showWaiting } from "./waiting.ts";

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

/** What came of a server, or of one copy of it. */
export interface CopyOutcome extends Pick<Reason, "takenPort"> {
  readonly report: ServerCheck;
}

interface Started extends Startable {
  readonly session: ServerSession;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly outcome: Promise<CopyOutcome>;
}

/** @throws {CmgrError} `interrupted`; everything that was started is ended then too */
export async function startServers(
  check: Check,
  servers: readonly Startable[],
): Promise<CopyOutcome[]> {
  const { context, instance, signal } = check;
  const startedAt = Date.now();
  const started: Started[] = [];
  try {
    for (const server of servers) {
      const running = { ...server, session: openServerSession(server.command, check), startedAt };
      const outcome = running.session.outcome.then((one) => outcomeOf(check, running, one));
      started.push({ ...running, outcome });
    }
    const waiting = showWaiting(context, instance.sandbox, started, startedAt);
    const [open] = await Promise.all([
      watchPorts(context.paths, started, waiting, signal),
      waiting,
    ]);
    if (signal.aborted) {
      throw new CmgrError(
        "interrupted",
        "The check was interrupted; everything that it started was stopped",
        "Repeat it, or check a single server with: cmgr check NAME TOOL",
      );
    }
    const allocation = await instance.allocation();
    return await Promise.all(started.map(async (server, i): Promise<CopyOutcome> => {
      const ended = await endSinceAnswer(server);
      const outcome = await (ended ? outcomeOf(check, server, ended) : server.outcome);
      const ports = placePorts(open[i], allocation);
      const advice = outcome.report.answered
        ? await learnAdvice(instance, { ...server, ports })
        : outcome.report.advice;
      return { ...outcome, report: { ...outcome.report, ports, advice } };
    }));
  } finally {
    await Promise.all(started.map(({ session }) => session.leave()));
    const left = await endServers(context.paths, started.map(({ session }) => session.server));
    check.left.push(...left);
  }
}

/** For one of several copies that answered and has ended since. */
async function endSinceAnswer({ session, copy }: Started): Promise<SessionOutcome | undefined> {
  const { introduction, durationMs } = await session.outcome;
  const ended = session.server.howEnded();
  if (copy === undefined || introduction === undefined || ended === undefined) return undefined;
  return { ended, durationMs };
}

async function outcomeOf(
  { context, secrets, instance, signal }: Check,
  { recognised, entry, session, startedAt }: Omit<Started, "outcome">,
  outcome: SessionOutcome,
): Promise<CopyOutcome> {
  const { introduction, durationMs } = outcome;
  if (introduction) return { report: answeredReport(recognised, introduction, durationMs) };
  // After an interruption nobody reads the evidence.
  const evidence = signal.aborted
    ? { ...outcome, stderr: [], stdout: [] }
    : await evidenceOf(context.paths, instance.sandbox, entry, session.server, outcome, startedAt);
  const { state, text, advice, takenPort } = reasonOf(evidence, instance.name);
  const facts = { ...evidence, advice, secrets, durationMs };
  return { report: silentReport(recognised, state, text, facts), takenPort };
}
