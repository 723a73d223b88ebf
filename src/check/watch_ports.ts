/** Which ports servers really opened. */
import type { Paths } from "../paths.ts";
import { type Listener, listeners } from "../ports/listeners.ts";
import { processTable } from "../processes/list.ts";
import type { ServerSession } from "./server_session.ts";

/** How long ports are waited for that a rule promises, in milliseconds, and how often looked for. */
const portsMs = 5_000;
const pollMs = 250;

/**
 * What each server listens on, once those ports are open that its rule promises.
 *
 * @param sessions `undefined` for a server that was not started
 * @param expected How many ports each opens, by its rule
 * @param signal Ends the waiting early
 * @throws {CmgrError} `failed`, when the system cannot be asked
 */
export async function openPorts(
  paths: Paths,
  sessions: readonly (ServerSession | undefined)[],
  expected: readonly number[],
  signal: AbortSignal,
): Promise<Listener[][]> {
  const end = performance.now() + portsMs;
  while (true) {
    // Even what binds at once may do so a moment after its answer.
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    const [all, table] = [await listeners(), await processTable(paths)];
    const open = sessions.map((session) => {
      const pids = new Set(session?.server.processesIn(table).map(({ pid }) => pid));
      return all.filter(({ pid }) => pid !== null && pids.has(pid));
    });
    const isComplete = open.every((found, i) => {
      return sessions[i]?.hasAnswered() !== true ||
        new Set(found.map(({ port }) => port)).size >= expected[i];
    });
    if (isComplete || signal.aborted || performance.now() >= end) return open;
  }
}
