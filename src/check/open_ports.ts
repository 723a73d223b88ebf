/** What the ports that a server opened mean for its instance. Pure. */
import { type Allocation, portsOf } from "../ports/allocate.ts";
import type { Listener } from "../ports/listeners.ts";
import { contains } from "../ports/layout.ts";
import type { Launch, Recognised } from "../catalogue/recognise.ts";

/** The field names are a promise. */
export interface OpenPort {
  readonly port: number;
  /** As the system writes them. */
  readonly addresses: readonly string[];
  /** In the range of the instance, pinned, or outside. */
  readonly place: "range" | "pinned" | "outside";
}

/**
 * @param open What the processes of a server listen on
 * @param allocation `undefined` for an instance without ports
 */
export function placePorts(
  open: readonly Listener[],
  allocation: Allocation | undefined,
): OpenPort[] {
  const byPort = Map.groupBy(open, ({ port }) => port);
  const pinned = new Set([...allocation?.pins?.values() ?? []].flat());
  return [...byPort].sort(([a], [b]) => a - b).map(([port, found]) => ({
    port,
    addresses: [...new Set(found.map(({ address }) => address))].sort(),
    place: allocation && contains(allocation.range, port)
      ? "range"
      : pinned.has(port) && allocation && portsOf(allocation).includes(port)
      ? "pinned"
      : "outside",
  }));
}

/** How many ports the rule of an entry says that it opens at once. */
export function portsExpected({ ports, started }: Recognised, launch: Launch): number {
  // Those of a container are its engine's to open.
  if (started.container) return 0;
  return ports.filter(({ isOccasional, after }) =>
    isOccasional !== true && (after === undefined || launch.args.includes(after))
  ).length;
}
