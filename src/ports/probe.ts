/** How often a busy port is probed: another cmgr's probe is gone the next time. */
const probes = 3;

/** Loopback answers within this time, in milliseconds, unless its listener's queue is full. */
const answerMs = 1_000;

const connectTo = ["127.0.0.1", "::1"];
const bindTo = ["127.0.0.1", "0.0.0.0", "::"];

/**
 * Binds each port, then connects to those that it could bind: a bind alone misses listeners on some
 * systems, and ports that a container publishes by firewall rules. Call it under the lock, since
 * two probes at once can see each other.
 */
export async function findBusy(ports: readonly number[]): Promise<Set<number>> {
  let busy = await probeOnce(ports);
  for (let i = 1; i < probes && busy.length > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 8));
    busy = await probeOnce(busy);
  }
  return new Set(busy);
}

async function probeOnce(ports: readonly number[]): Promise<number[]> {
  const free = ports.filter((port) => bindTo.every((hostname) => canBind(hostname, port)));
  const answering = await findAnswering(free);
  return ports.filter((port) => !free.includes(port) || answering.has(port));
}

async function findAnswering(ports: readonly number[]): Promise<Set<number>> {
  // By itself, an unanswered connection is tried again for two minutes.
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), answerMs);
  const answers = await Promise.all(
    ports.flatMap((port) =>
      connectTo.map(async (hostname) => await accepts(hostname, port, giveUp.signal) ? [port] : [])
    ),
  );
  clearTimeout(timer);
  return new Set(answers.flat());
}

async function accepts(hostname: string, port: number, signal: AbortSignal): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname, port, signal });
    // A connection from a port to itself is TCP's simultaneous open: nothing listens.
    return (connection.localAddr as Deno.NetAddr).port !== port;
  } catch {
    return signal.aborted;
  }
}

function canBind(hostname: string, port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    // Any other error, such as a lack of IPv6, says nothing about the port.
    return !(error instanceof Deno.errors.AddrInUse);
  }
}
