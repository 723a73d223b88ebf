/** Arithmetic of ranges: pure, and the only place that knows where ranges may lie. */
import { highestPort, type Layout } from "../settings/settings.ts";

/** A contiguous run of ports, all of one instance. */
export interface Range {
  /** First port. */
  readonly base: number;
  /** Number of ports. */
  readonly size: number;
}

/** The last port of a range. */
export function lastPort(range: Range): number {
  return range.base + range.size - 1;
}

/** Whether a port lies in a range. */
export function contains(range: Range, port: number): boolean {
  return port >= range.base && port <= lastPort(range);
}

/** Whether two ranges share a port. */
export function overlaps(a: Range, b: Range): boolean {
  return a.base <= lastPort(b) && b.base <= lastPort(a);
}

/** A range as people write it: `9000-9099`. */
export function formatRange(range: Range): string {
  return `${range.base}-${lastPort(range)}`;
}

/** Whether a range is one that this layout would lay. */
export function fitsLayout(range: Range, layout: Layout): boolean {
  return range.size === layout.portRange && range.base >= layout.basePort &&
    (range.base - layout.basePort) % layout.portRange === 0;
}

/**
 * The ranges that are free, lowest first.
 *
 * @param taken Ranges in use, of any size and place
 */
export function* freeRanges(layout: Layout, taken: readonly Range[]): Generator<Range> {
  const { basePort, portRange: size } = layout;
  for (let base = basePort; base + size - 1 <= highestPort; base += size) {
    const range = { base, size };
    if (!taken.some((other) => overlaps(range, other))) yield range;
  }
}
