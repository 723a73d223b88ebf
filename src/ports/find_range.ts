import { allocate, type Allocation, portsOf, type Request } from "./allocate.ts";
import { contains, type Range } from "./layout.ts";
import { findBusy } from "./probe.ts";

/**
 * Chooses a range, and probes the ports that it would assign until nothing else listens on them.
 *
 * @param own A range whose listeners are the instance itself, since it runs
 * @throws {CmgrError} `no-ports`
 */
export async function findAllocation(
  request: Omit<Request, "busy">,
  own?: Range,
  probe: (ports: readonly number[]) => Promise<ReadonlySet<number>> = findBusy,
): Promise<Allocation> {
  const busy = new Set<number>();
  while (true) {
    const allocation = allocate({ ...request, busy });
    const foreign = portsOf(allocation).filter((port) => !own || !contains(own, port));
    const found = await probe(foreign);
    if (found.size === 0) return allocation;
    for (const port of found) busy.add(port);
  }
}
