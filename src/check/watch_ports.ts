/** Which ports servers really open, as long as they run. */
import type { Paths } from "../paths.ts";
import { type Listener, listeners } from "../ports/listeners.ts";
import { processTable } from "../processes/list.ts";
import type { ServerSession } from "./server_session.ts";

/** A server whose ports are watched. */
export interface Watched {
  readonly session: ServerSession;
  /** How many ports it opens, by its rule. */
  readonly expected: number;
}

/** How often ports are looked at, in milliseconds. */
const pollMs = 400;
/** How long nothing may happen before the last look. */
const quietMs = 1_000;
/** How long ports are waited for that a rule promises. */
const portsMs = 5_000;

/**
 * What each server listens on at any time, until all have answered or failed, those ports are open
 * that its rule promises, and a quiet second has gone by.
 *
 * @param over Resolves when no more answers are waited for
 * @param signal Ends the watch early
 * @throws {CmgrError} `failed`, when the system cannot be asked
 */
export async function watchPorts(
  paths: Paths,
  servers: readonly Watched[],
  over: Promise<unknown>,
  signal: AbortSignal,
): Promise<Listener[][]> {
  const found = servers.map(() => new Map<string, Listener>());
  let overAt: number | undefined;
  const end = () => overAt = performance.now();
  over.then(end, end);
  let newAt = 0;
  while (servers.length > 0) {
    const lookedAt = performance.now();
    const [all, table] = [await listeners(), await processTable(paths)];
    for (const [i, { session }] of servers.entries()) {
      const pids = new Set(session.server.processesIn(table).map(({ pid }) => pid));
      for (const one of all) {
        const id = `${one.address} ${one.port}`;
        if (one.pid === null || !pids.has(one.pid) || found[i].has(id)) continue;
        found[i].set(id, one);
        newAt = lookedAt;
      }
    }
    const isComplete = servers.every(({ session, expected }, i) =>
      session.answeredAt() === undefined ||
      new Set([...found[i].values()].map(({ port }) => port)).size >= expected
    );
    if (overAt !== undefined && lookedAt > overAt) {
      const isQuiet = lookedAt - Math.max(overAt, newAt) >= quietMs;
      if (isQuiet && isComplete || lookedAt - overAt >= portsMs) break;
    }
    if (signal.aborted) break;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return found.map((listeners) => [...listeners.values()]);
}
