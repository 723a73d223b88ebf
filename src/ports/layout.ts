/** Arithmetic of ranges: pure, and the only place that knows where ranges may be. */
import { highestPort, type Layout } from "../settings/port_layout.ts";

/** Consecutive ports, all of one instance. */
export interface Range {
  readonly base: number;
  readonly size: number;
}

export function lastPort(range: Range): number {
  return range.base + range.size - 1;
}

export function contains(range: Range, port: number): boolean {
  return port >= range.base && port <= lastPort(range);
}

export function overlaps(a: Range, b: Range): boolean {
  return a.base <= lastPort(b) && b.base <= lastPort(a);
}

/** `9000-9099`. */
export function formatRange(range: Range): string {
  return `${range.base}-${lastPort(range)}`;
}

/** Whether new ranges of this size would be at this place. */
export function fitsLayout(range: Range, layout: Layout): boolean {
  return range.size === layout.portRange && range.base >= layout.basePort &&
    (range.base - layout.basePort) % layout.portRange === 0;
}

/** The lowest first. */
export function* freeRanges(layout: Layout, taken: readonly Range[]): Generator<Range> {
  const { basePort, portRange: size } = layout;
  for (let base = basePort; base + size - 1 <= highestPort; base += size) {
    const range = { base, size };
    if (!taken.some((other) => overlaps(range, other))) yield range;
  }
}
