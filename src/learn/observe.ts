/** What a server does when it is started in one way. */
import type { Listener } from "../ports/listeners.ts";
import type { Entry } from "../config/config_text.ts";
import { attempt } from "../errors.ts";
import type { Introduction } from "../check/mcp_session.ts";
import { Stage, type TrialSetup } from "./stage.ts";

export interface Observation {
  /** `undefined` when it did not answer. */
  readonly introduction?: Introduction;
  /** Why it did not answer. */
  readonly failure?: string;
  /** What it listens on, lowest first. */
  readonly ports: readonly number[];
  /** From its start until it answered, and from then until its last port opened. */
  readonly answeredMs: number;
  readonly openedMs: number;
}

/** How long nothing may happen before a server counts as settled, in milliseconds. */
export const quietMs = 1_000;
/** How long to wait for that at most, in milliseconds. */
const settleMs = 12_000;

/** @param quiet As in {@linkcode settledListeners} */
export async function observe(
  setup: TrialSetup,
  entry: Entry,
  words: readonly string[],
  quiet: number,
): Promise<Observation> {
  await using stage = await Stage.open(setup, entry, [words]);
  const { introduction, failure, ended, durationMs } = await stage.start(1).outcome;
  setup.signal.throwIfAborted();
  if (introduction === undefined) {
    const how = ended === undefined ? failure : `it ended with ${ended}`;
    return { failure: how, ports: [], answeredMs: durationMs, openedMs: 0 };
  }
  const { listeners, changedMs } = await settledListeners(stage, quiet, setup.signal);
  const code = await stage.codeOf(1);
  return {
    // A server that ends by itself after its answer is of no use to the app.
    ...(code === undefined ? { introduction } : { failure: `it ended with exit code ${code}` }),
    ports: portsIn(listeners),
    answeredMs: durationMs,
    openedMs: changedMs,
  };
}

/** Waits until no port has opened or closed for `quiet` milliseconds. */
export async function settledListeners(
  stage: Stage,
  quiet: number,
  signal: AbortSignal,
): Promise<{ listeners: Listener[]; changedMs: number }> {
  const start = performance.now();
  let listeners: Listener[] = [];
  let changedMs = 0;
  while (true) {
    const now = await stage.listeners();
    signal.throwIfAborted();
    const elapsed = performance.now() - start;
    if (signatureOf(now) !== signatureOf(listeners)) changedMs = elapsed;
    listeners = now;
    if (elapsed - changedMs >= quiet || elapsed >= settleMs) return { listeners, changedMs };
  }
}

function signatureOf(listeners: readonly Listener[]): string {
  return [...new Set(listeners.map(({ port, pid }) => `${port} ${pid}`))].sort().join();
}

export function portsIn(listeners: readonly Listener[]): number[] {
  return [...new Set(listeners.map(({ port }) => port))].sort((a, b) => a - b);
}

/** How long a program may take to print its help, in milliseconds. */
const helpMs = 15_000;

/** What a program prints about its options; empty if that cannot be read. */
export async function readHelp(
  setup: TrialSetup,
  entry: Entry,
  words: readonly string[],
): Promise<string> {
  const toErrors = ["sh", "-c", 'exec "$@" 1>&2', "sh", ...words];
  const help = await attempt(async () => {
    await using stage = await Stage.open(setup, entry, [toErrors]);
    const session = stage.start(1);
    const limit = performance.now() + helpMs;
    while (performance.now() < limit && await stage.codeOf(1) === undefined) {
      await stage.listeners();
      setup.signal.throwIfAborted();
    }
    await session.leave();
    return await stage.errorsOf(1);
  });
  return "value" in help ? help.value : "";
}
