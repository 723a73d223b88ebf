/** Which ports servers open, and what these mean for their instance. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Launch, Recognised } from "../catalogue/recognise.ts";
import type { Paths } from "../paths.ts";
import { type Allocation, portsOf } from "../ports/allocate.ts";
import { contains } from "../ports/layout.ts";
import { type Listener, listeners } from "../ports/listeners.ts";
import { processTable } from "../processes/list.ts";
import type { ServerSession } from "./server_session.ts";

interface Watched {
  readonly session: ServerSession;
  readonly recognised: Recognised;
  readonly entry: Launch;
}

/** How often ports are looked at, in milliseconds. */
const pollMs = 400;
/** How long nothing may happen before the last look, in milliseconds. */
const quietMs = 1_000;
/** How long to wait for ports that a rule says a server opens, in milliseconds. */
const portsMs = 5_000;

/**
 * What each server listens on at any time, until all have answered or failed, the ports of their
 * rules are open, and a quiet second has gone by.
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
    const isComplete = servers.every(({ session, recognised, entry }, i) =>
      session.answeredAt() === undefined ||
      new Set([...found[i].values()].map(({ port }) => port)).size >=
        portsExpected(recognised, entry)
    );
    if (overAt !== undefined && lookedAt > overAt) {
      const isQuiet = lookedAt - Math.max(overAt, newAt) >= quietMs;
      if (isQuiet && isComplete || lookedAt - overAt >= portsMs) break;
    }
    if (signal.aborted) break;
    await sleep(pollMs);
  }
  return found.map((listeners) => [...listeners.values()]);
}

/** The field names are a promise. */
export interface OpenPort {
  readonly port: number;
  /** As the system writes them. */
  readonly addresses: readonly string[];
  /** In the range of the instance, pinned, or outside. */
  readonly place: "range" | "pinned" | "outside";
}

/** @param allocation `undefined` for an instance without ports */
export function placePorts(
  open: readonly Listener[],
  allocation: Allocation | undefined,
): OpenPort[] {
  const pinned = new Set([...allocation?.pins?.values() ?? []].flat());
  const placeOf = (port: number): OpenPort["place"] => {
    if (!allocation) return "outside";
    if (contains(allocation.range, port)) return "range";
    return pinned.has(port) && portsOf(allocation).includes(port) ? "pinned" : "outside";
  };
  const byPort = [...Map.groupBy(open, ({ port }) => port)].sort(([a], [b]) => a - b);
  return byPort.map(([port, found]) => ({
    port,
    addresses: [...new Set(found.map(({ address }) => address))].sort(),
    place: placeOf(port),
  }));
}

/** How many ports the rule of an entry says that it opens at once. */
export function portsExpected({ ports, started }: Recognised, { args }: Launch): number {
  // The ports of a container are opened by its engine.
  if (started.container) return 0;
  return ports.filter(({ isOccasional, after }) =>
    !isOccasional && (after === undefined || args.includes(after))
  ).length;
}
