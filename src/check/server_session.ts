import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../errors.ts";
import type { Introduction } from "./mcp_session.ts";
import { type ServerCommand, type ServerProcess, startServer } from "./server_process.ts";

export interface SessionOutcome {
  /** If it answered. */
  readonly introduction?: Introduction;
  /** If it ended: `exit code 1`. */
  readonly ended?: string;
  /** Why it did not answer, if it still runs. */
  readonly failure?: string;
  /** In milliseconds. */
  readonly durationMs: number;
}

export interface ServerSession {
  readonly server: ServerProcess;
  /** Never rejects. */
  readonly outcome: Promise<SessionOutcome>;
  /** When it answered, by `performance.now()`; `undefined` while it has not. */
  readonly answeredAt: () => number | undefined;
  /** Closes its standard input, which ends it. */
  readonly leave: () => Promise<void>;
}

/** How long to wait for the end of a process whose streams have ended, in milliseconds. */
const endMs = 1_000;

interface Limits {
  /** How long it may take to answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Gives up early. */
  readonly signal: AbortSignal;
}

/** Starts a server and introduces itself to it. */
export function openServerSession(command: ServerCommand, limits: Limits): ServerSession {
  const started = performance.now();
  const server = startServer(command);
  let answeredAt: number | undefined;
  let close: () => Promise<void> = () => Promise.resolve();
  const introduce = async (): Promise<Introduction> => {
    const { openMcpSession } = await import("./mcp_session.ts");
    const session = openMcpSession(server, limits.timeoutMs);
    close = session.close;
    const introduction = await session.introduction;
    answeredAt = performance.now();
    return introduction;
  };
  const outcome = firstOf(introduce(), server.ended, limits)
    .then((first) => ({ ...first, durationMs: performance.now() - started }));
  return { server, outcome, answeredAt: () => answeredAt, leave: () => close() };
}

async function firstOf(
  introduction: Promise<Introduction>,
  ended: Promise<string>,
  { timeoutMs, signal }: Limits,
): Promise<Omit<SessionOutcome, "durationMs">> {
  const done = new AbortController();
  const limit = sleep(timeoutMs, `it has not answered within ${timeoutMs / 1000} s`, {
    signal: AbortSignal.any([signal, done.signal]),
  }).catch(() => "the check was interrupted").then((failure) => ({ failure }));
  const answer = introduction.then(
    (introduction) => ({ introduction }),
    async (error) => {
      // Streams end before their process does, and how it ended says more.
      const how = await Promise.race([ended, sleep(endMs)]);
      return how === undefined ? { failure: messageOf(error) } : { ended: how };
    },
  );
  try {
    return await Promise.race([answer, limit]);
  } finally {
    done.abort();
  }
}
