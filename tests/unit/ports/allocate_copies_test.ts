import assert from "node:assert/strict";
import { forbiddenPorts } from "../../../src/catalogue/spec_rules.ts";
import {
  allocate,
  assign,
  assignCopies,
  type Offsets,
  portsOf,
} from "../../../src/ports/allocate.ts";

const range = { base: 9100, size: 100 };

/** The copies of these tools, beside the tools themselves. */
function copiesOf(
  wanted: readonly { tool: string; count: number; copies?: number }[],
  { kept, offsets = assign(range, wanted), isReserved }: {
    kept?: Offsets;
    offsets?: Offsets;
    isReserved?: (port: number) => boolean;
  } = {},
): Record<string, readonly number[]> {
  return Object.fromEntries(assignCopies(range, wanted, offsets, kept, isReserved));
}

const gmail = { tool: "gmail", count: 1, copies: 3 };

Deno.test("copies have places of their own, and tools keep those that they had without", () => {
  const wanted = [gmail, { tool: "pair", count: 2, copies: 3 }, { tool: "quiet", count: 1 }];
  const copies = copiesOf(wanted);
  assert.deepEqual(Object.keys(copies), ["gmail", "pair"]);
  assert.deepEqual([copies.gmail.length, copies.pair.length], [3, 6]);
  const offsets = assign(range, wanted);
  const all = [...Object.values(copies), ...offsets.values()].flat();
  assert.equal(new Set(all).size, all.length);
  const without = assign(range, wanted.map(({ tool, count }) => ({ tool, count })));
  assert.deepEqual(offsets, without);
});

Deno.test("copies keep their places, unless something else has them now", () => {
  const kept = new Map([["gmail", [90, 91, 92]]]);
  assert.deepEqual(copiesOf([gmail], { kept }).gmail, [90, 91, 92]);
  const offsets = new Map([["gmail", [70]], ["new", [91]]]);
  const moved = copiesOf([gmail], { kept, offsets }).gmail;
  assert.equal(moved.length, 3);
  assert(!moved.includes(91) && !moved.includes(70));
  assert.deepEqual(copiesOf([{ ...gmail, copies: 1 }], { kept }).gmail, [90], "fewer are wanted");
  assert.deepEqual(copiesOf([{ ...gmail, copies: 0 }], { kept }), {});
  assert.deepEqual(copiesOf([], { kept }).gmail, [90, 91, 92], "what is not there now keeps them");
  const twice = copiesOf([gmail], { kept: new Map([["gmail", [90, 90, 91]]]) }).gmail;
  assert.equal(new Set(twice).size, 3, "no copy has the port of another");
});

Deno.test("a pin, the tool's own too, and a forbidden port are no place for a copy", () => {
  const isReserved = (port: number) => port >= 9170 && port < 9190;
  const { gmail: given } = copiesOf([gmail], { isReserved });
  assert(given.every((offset) => offset < 70 || offset >= 90), String(given));
  const [forbidden] = forbiddenPorts.keys();
  const low = { base: forbidden - 70, size: 100 };
  const many = [{ ...gmail, copies: 60 }];
  const copies = assignCopies(low, many, assign(low, many));
  assert(copies.get("gmail")!.length > 50 && !copies.get("gmail")!.includes(70));
});

Deno.test("where a range is full, whole copies have room or none", () => {
  const full = { tool: "full", count: 82 };
  const pair = { tool: "pair", count: 2, copies: 3 };
  assert.deepEqual(copiesOf([full, pair]), {});
  assert.equal(copiesOf([{ tool: "full", count: 79 }, pair]).pair.length, 2, "of three ports left");
});

Deno.test("a range in which a copy's port is busy is not chosen", () => {
  const request = {
    layout: { basePort: 9100, portRange: 100 },
    taken: [],
    wanted: [gmail],
    busy: new Set<number>(),
  };
  const { copies, range: { base } } = allocate(request);
  const [first] = copies!.get("gmail")!;
  const busy = new Set([base + first]);
  const next = allocate({ ...request, busy });
  assert.equal(next.range.base, base + 100);
  assert(portsOf(next).includes(next.range.base + first));
});
