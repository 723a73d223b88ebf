import { messageOf } from "../errors.ts";
import { version } from "../build.ts";
import type { Introduction } from "./mcp_session.ts";
import { type ServerCommand, type ServerProcess, startServer } from "./server_process.ts";

export interface SessionOutcome {
  /** `undefined` when it did not answer. */
  readonly introduction?: Introduction;
  /** How it ended, where it did: `exit code 1`. */
  readonly ended?: string;
  /** Why it did not answer, where it runs. */
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

/** How long the end of a process is waited for when its streams have ended, in milliseconds. */
const lastWordMs = 1_000;

/**
 * Starts a server and speaks with it.
 *
 * Needs run permission for the program.
 *
 * @param command What to start
 * @param options How long it may take to answer, and what ends it early
 */
export function openServerSession(
  command: ServerCommand,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): ServerSession {
  const started = performance.now();
  const server = startServer(command);
  let answeredAt: number | undefined;
  let close: () => Promise<void> = () => Promise.resolve();
  const speak = async (): Promise<Introduction> => {
    const { openMcpSession } = await import("./mcp_session.ts");
    const conversation = openMcpSession(server, version, options.timeoutMs);
    close = conversation.close;
    const introduction = await conversation.introduction;
    answeredAt = performance.now();
    return introduction;
  };
  const outcome = (async () => {
    const result = await firstOf(speak(), server.ended, options);
    return { ...result, durationMs: performance.now() - started };
  })();
  return { server, outcome, answeredAt: () => answeredAt, leave: () => close() };
}

async function firstOf(
  introduction: Promise<Introduction>,
  ended: Promise<string>,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Omit<SessionOutcome, "durationMs">> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};
  const limit = new Promise<Omit<SessionOutcome, "durationMs">>((resolve) => {
    timer = setTimeout(
      () => resolve({ failure: `it has not answered within ${timeoutMs / 1000} s` }),
      timeoutMs,
    );
    stop = () => resolve({ failure: "the check was interrupted" });
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
  });
  const answer = introduction.then(
    (introduction) => ({ introduction }),
    async (error) => {
      // Streams end before their process does, and how it ended says more.
      const how = await Promise.race([ended, wait(lastWordMs)]);
      return how === undefined ? { failure: messageOf(error) } : { ended: how };
    },
  );
  try {
    return await Promise.race([answer, limit]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function wait(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
