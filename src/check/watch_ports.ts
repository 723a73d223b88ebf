/**
 * Which ports servers really opened.
 *
 * @module
 */
import { type Listener, listeners } from "../ports/listeners.ts";
import type { ServerSession } from "./server_session.ts";
import { listProcesses, processesOf } from "./process_tree.ts";

/** How long ports are waited for that a rule promises, in milliseconds, and how often looked for. */
const portsMs = 5_000;
const lookMs = 250;

/**
 * What each server listens on, once those ports are open that its rule promises.
 *
 * Needs run permission for `ps`, and `ss` or `lsof`.
 *
 * @param meetings The servers; `undefined` for one that was not started
 * @param expected How many ports each opens, by its rule
 * @param signal Ends the waiting early
 * @throws {CmgrError} `failed`, when the system cannot be asked
 */
export async function openPorts(
  meetings: readonly (ServerSession | undefined)[],
  expected: readonly number[],
  signal: AbortSignal,
): Promise<Listener[][]> {
  const end = performance.now() + portsMs;
  while (true) {
    // Even what binds at once may do so a moment after its answer.
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    const [all, processes] = [await listeners(), await listProcesses()];
    const open = meetings.map((meeting) => {
      if (meeting === undefined) return [];
      const pids = processesOf(processes, meeting.server.pid, meeting.server.token);
      return all.filter(({ pid }) => pid !== null && pids.has(pid));
    });
    const isComplete = open.every((found, i) => {
      return meetings[i]?.hasAnswered() !== true ||
        new Set(found.map(({ port }) => port)).size >= expected[i];
    });
    if (isComplete || signal.aborted || performance.now() >= end) return open;
  }
}
