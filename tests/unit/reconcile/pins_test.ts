import assert from "node:assert/strict";
import fc from "fast-check";
import { CmgrError } from "../../../src/errors.ts";
import { allocate, assign, portsOf, portsOfTool } from "../../../src/ports/allocate.ts";
import { contains } from "../../../src/ports/layout.ts";
import { dictionary, withKey } from "../../../src/json/dictionary.ts";
import type { PortRegistry } from "../../../src/registry/ports.ts";
import {
  allocationOf,
  otherPins,
  otherRanges,
  withAllocation,
} from "../../../src/registry/ranges.ts";
import { changePins, pinsStillFree } from "../../../src/reconcile/pins.ts";
import { defaultLayout } from "../../../src/settings/port_layout.ts";

const wanted = [{ tool: "godot", count: 2 }, { tool: "figma", count: 1 }];
const range = { base: 9000, size: 100 };
const empty: PortRegistry = {
  rest: {},
  bases: dictionary(),
  records: dictionary(),
  reserved: dictionary(),
};

function registryWith(...instances: string[]): PortRegistry {
  return instances.reduce((registry, name) => {
    const request = {
      layout: defaultLayout,
      taken: otherRanges(registry, name),
      wanted,
      busy: new Set<number>(),
      unavailable: otherPins(registry, name),
    };
    return withAllocation(registry, name, allocate(request));
  }, empty);
}

function pin(registry: PortRegistry, instance: string, tool: string, ...ports: number[]) {
  const allocation = allocationOf(registry, instance)!;
  const toolOf = new Map([["my godot", "godot"]]);
  const own = { instance, allocation, wanted, toolOf };
  const pins = changePins(registry, own, { pin: new Map([[tool, ports]]), unpin: [] });
  return withAllocation(registry, instance, { ...allocation, pins });
}

function refused(code: string, said: RegExp, work: () => unknown): void {
  assert.throws(work, (error) => {
    assert(error instanceof CmgrError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, said);
    return true;
  });
}

Deno.test("a pin takes the place of the tool's port, inside or outside the range", () => {
  for (const port of [3000, 9095]) {
    const pinned = pin(registryWith("a"), "a", "figma", port);
    assert.deepEqual(portsOfTool(allocationOf(pinned, "a")!, "figma"), [port]);
  }
});

Deno.test("of a tool with two ports the first may be pinned alone, or both, by key as well", () => {
  const registry = registryWith("a");
  const [, second] = portsOfTool(allocationOf(registry, "a")!, "godot");
  assert.deepEqual(
    portsOfTool(allocationOf(pin(registry, "a", "my godot", 6505), "a")!, "godot"),
    [6505, second],
  );
  const both = allocationOf(pin(registry, "a", "godot", 6505, 6506), "a")!;
  assert.deepEqual(portsOfTool(both, "godot"), [6505, 6506]);
});

Deno.test("unpinned, a tool goes back to the place that was kept for it", () => {
  const registry = registryWith("a");
  const before = portsOfTool(allocationOf(registry, "a")!, "figma");
  const pinned = pin(registry, "a", "figma", 3000);
  const allocation = allocationOf(pinned, "a")!;
  const own = { instance: "a", allocation, wanted, toolOf: new Map() };
  const pins = changePins(pinned, own, { pin: new Map(), unpin: ["figma"] });
  assert.deepEqual(portsOfTool({ ...allocation, pins }, "figma"), before);
});

Deno.test("a port that somebody has is refused with whose it is", () => {
  const registry = pin(registryWith("a", "b"), "a", "figma", 3000);
  refused(
    "conflict",
    /Port 3000 is pinned to "figma" in "a"/,
    () => pin(registry, "b", "figma", 3000),
  );
  refused(
    "conflict",
    /Port 9010 is the port of "filesystem" in "a"/,
    () => pin(registry, "b", "figma", 9010),
  );
  refused(
    "conflict",
    /Port 9015 is reserved for a second copy of "filesystem" in "a"/,
    () => pin(registry, "b", "figma", 9015),
  );
  refused(
    "conflict",
    /Port 9130 is the port of "memory" in "b"/,
    () => pin(registry, "b", "figma", 9130),
  );
});

Deno.test("what is no port, or never given, is refused", () => {
  const registry = registryWith("a");
  refused("usage", /0 is not a port/, () => pin(registry, "a", "figma", 0));
  refused("usage", /65536 is not a port/, () => pin(registry, "a", "figma", 65536));
  refused("conflict", /Port 9009 is never given/, () => pin(registry, "a", "figma", 9009));
  refused("usage", /no tool called "nobody"/, () => pin(registry, "a", "nobody", 3000));
  refused("usage", /has one port, not 2/, () => pin(registry, "a", "figma", 3000, 3001));
  refused("usage", /one port twice/, () => pin(registry, "a", "godot", 3000, 3000));
});

Deno.test("a tool may be pinned to the port that it has", () => {
  const registry = registryWith("a");
  const [port] = portsOfTool(allocationOf(registry, "a")!, "figma");
  const pinned = pin(registry, "a", "figma", port);
  assert.deepEqual(allocationOf(pinned, "a")!.offsets, allocationOf(registry, "a")!.offsets);
});

Deno.test("a new instance of the same name has no pins", () => {
  const pinned = pin(registryWith("a"), "a", "figma", 3000);
  const { range, offsets } = allocationOf(pinned, "a")!;
  const allocateNew = withAllocation(pinned, "a", { range, offsets });
  assert.equal(allocationOf(allocateNew, "a")!.pins?.size, 0);
});

Deno.test("a range that is kept for a removed instance is kept free of pins", () => {
  const until = new Date(Date.now() + 1e6).toISOString();
  const reserved = withKey(empty.reserved, "gone", { base: 9300, size: 100, until });
  const registry = { ...registryWith("a"), reserved };
  refused(
    "conflict",
    /Port 9350 is in 9300-9399, which is reserved/,
    () => pin(registry, "a", "figma", 9350),
  );
});

Deno.test("a restored instance keeps the pins that nobody else has now", () => {
  const registry = pin(registryWith("a"), "a", "figma", 3000);
  const pins = Object.assign(dictionary<number[]>(), {
    figma: [3000],
    gmail: [9223],
    godot: [6505, 6506],
  });
  const free = pinsStillFree(registry, "b", pins, new Set([9223]));
  assert.deepEqual({ ...free }, { godot: [6505, 6506] });
});

Deno.test("a pin on a port that the tool has already leaves it each port once", () => {
  for (const [port, ports] of [[9071, [9071, 9070]], [9070, [9070, 9071]]] as const) {
    const pinned = pin(registryWith("a"), "a", "godot", port);
    assert.deepEqual(portsOfTool(allocationOf(pinned, "a")!, "godot"), ports);
  }
});

const port = fc.integer({ min: 8990, max: 9420 });

Deno.test("whatever is pinned, no port is ever given to two", () => {
  const step = fc.oneof(
    fc.record({ create: fc.constantFrom("a", "b", "c", "d", "e") }),
    fc.record({
      instance: fc.constantFrom("a", "b", "c", "d", "e"),
      tool: fc.constantFrom("godot", "figma", "filesystem"),
      port,
    }),
    fc.record({
      grow: fc.constantFrom("a", "b", "c", "d", "e"),
      count: fc.integer({ min: 1, max: 9 }),
    }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    let registry = empty;
    for (const one of steps) {
      try {
        if ("create" in one) {
          if (!Object.hasOwn(registry.bases, one.create)) {
            const unavailable = otherPins(registry, one.create);
            const taken = otherRanges(registry, one.create);
            const request = { layout: defaultLayout, taken, wanted, busy: new Set<number>() };
            const given = allocate({ ...request, unavailable });
            registry = withAllocation(registry, one.create, given);
          }
        } else if ("grow" in one) {
          registry = grow(registry, one.grow, one.count);
        } else if (Object.hasOwn(registry.bases, one.instance)) {
          registry = pin(registry, one.instance, one.tool, one.port);
        }
      } catch (error) {
        if (!(error instanceof CmgrError)) throw error;
      }
      const ports = Object.keys(registry.bases).flatMap((name) =>
        portsOf(allocationOf(registry, name)!)
      );
      assert.equal(new Set(ports).size, ports.length);
    }
  }));
});

/** More tools for an instance, within the range that it has. */
function grow(registry: PortRegistry, name: string, count: number): PortRegistry {
  const known = allocationOf(registry, name);
  if (known === undefined) return registry;
  const elsewhere = otherPins(registry, name);
  const own = new Map(
    [...known.pins ?? []].flatMap(([tool, ports]) => ports.map((p) => [p, tool])),
  );
  const isReserved = (port: number, tool: string) =>
    elsewhere.has(port) || own.has(port) && own.get(port) !== tool;
  const more = Array.from({ length: count }, (_, i) => ({ tool: `more-${i}`, count: 1 }));
  const offsets = assign(known.range, more, known.offsets, isReserved);
  return withAllocation(registry, name, { ...known, offsets });
}

Deno.test("a pin inside a range that is not given yet is never handed out", () => {
  fc.assert(fc.property(fc.integer({ min: 9100, max: 9199 }), (port) => {
    fc.pre(port !== 9009 && port !== 9222 && port !== 9229);
    const registry = pin(registryWith("a"), "a", "figma", port);
    const tools = Array.from({ length: 60 }, (_, i) => ({ tool: `t${i}`, count: 1 }));
    const given = allocate({
      layout: defaultLayout,
      taken: otherRanges(registry, "b"),
      wanted: tools,
      busy: new Set(),
      unavailable: otherPins(registry, "b"),
    });
    assert(!portsOf(given).includes(port));
    assert(!contains(range, given.range.base));
    assert.equal(withKey(registry.bases, "b", given.range.base).a, 9000);
  }));
});
