/** The places of tools within a range. */
import { forbiddenPorts, sparePorts, specTools } from "../catalogue/spec_rules.ts";
import type { Range } from "./layout.ts";

/** Whether a port must not be given to a tool. */
export type IsReserved = (port: number, tool: string) => boolean;

/** The offsets of a range, which are used up as they are taken. */
export class Places {
  readonly #used: Set<number>;

  constructor(readonly range: Range, readonly isReserved: IsReserved, taken: Iterable<number>) {
    this.#used = new Set(taken);
  }

  isFree(offset: number, tool: string): boolean {
    const port = this.range.base + offset;
    return offset < this.range.size && !this.#used.has(offset) && !forbiddenPorts.has(port) &&
      !this.isReserved(port, tool);
  }

  /** Fewer than `count` where the range is full. */
  best(tool: string, count: number, owner = tool): Iterable<number> {
    return offsetCandidates(tool, this.range).filter((offset) => this.isFree(offset, owner))
      .take(Math.max(0, count));
  }

  take(offsets: readonly number[]): readonly number[] {
    for (const offset of offsets) this.#used.add(offset);
    return offsets;
  }
}

const firstOffset = 10;
const lastOffset = 99;

/** Every place for a tool in a range, the best first, whether taken or not. */
function* offsetCandidates(tool: string, range: Range): Generator<number> {
  const width = lastOffset - firstOffset + 1;
  const start = stableHash(tool) % width;
  const around = Array.from({ length: width }, (_, i) => firstOffset + (start + i) % width);
  yield* around.filter((offset) => !isSpare(offset));
  for (let offset = lastOffset + 1; offset < range.size; offset++) yield offset;
  yield* around.filter(isSpare);
}

function isSpare(offset: number): boolean {
  return specTools.some((tool) => offset >= tool.offset && offset <= tool.offset + sparePorts);
}

/** FNV-1a, 32 bits, over the UTF-8 bytes: it must never change. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}
