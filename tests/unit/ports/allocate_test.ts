import assert from "node:assert/strict";
import fc from "fast-check";
import { dictionary } from "../../../src/json/dictionary.ts";
import { CmgrError } from "../../../src/errors.ts";
import { allocate, assign, assignCopies, type Kept, portsOf } from "../../../src/ports/allocate.ts";
import { stableHash } from "../../../src/ports/places.ts";
import { forbiddenPorts, specTools } from "../../../src/catalogue/spec_rules.ts";
import { contains, overlaps } from "../../../src/ports/layout.ts";
import type { PortRegistry } from "../../../src/registry/ports.ts";
import {
  allocationOf,
  keptOf,
  otherRanges,
  rangeOf,
  withAllocation,
  withoutAllocation,
} from "../../../src/registry/ranges.ts";
import { defaultLayout, type Layout } from "../../../src/settings/port_layout.ts";

const first = { base: 9000, size: 100 };
const one = (tool: string) => ({ tool, count: 1 });
/** Of some tools more than one copy is started. */
const some = (tool: string) => ({ tool, count: 1, copies: tool.length % 2 === 0 ? 3 : 0 });

Deno.test("the six tools have the offsets of the specification", () => {
  const ports = Object.fromEntries(
    [...assign(first, [])].map(([tool, [offset]]) => [tool, first.base + offset]),
  );
  assert.deepEqual(ports, {
    "filesystem": 9010,
    "sequential-thinking": 9020,
    "memory": 9030,
    "desktop-commander": 9040,
    "repl": 9050,
    "playwright-mcp-server": 9060,
  });
});

Deno.test("another tool gets its hashed offset, the same in every range", () => {
  const [here] = assign(first, [one("github")]).get("github")!;
  const [there] = assign({ base: 9100, size: 100 }, [one("github")]).get("github")!;
  assert.equal(here, there);
  assert.ok(here >= 70 && here <= 99, "beyond the six and their spare ports while some are free");
});

Deno.test("the hash is FNV-1a and will not change between releases", () => {
  assert.equal(stableHash(""), 0x811c9dc5);
  assert.equal(stableHash("a"), 0xe40c292c);
  assert.equal(stableHash("foobar"), 0xbf9cf968);
});

Deno.test("a tool keeps its port when others come before it", () => {
  const kept = assign(first, [one("beta")]);
  const tools = Array.from({ length: 25 }, (_, i) => one(`alpha${i}`));
  const later = assign(first, [...tools, one("beta")], kept);
  assert.deepEqual(later.get("beta"), kept.get("beta"));
});

Deno.test("the spare ports of the six are used when all others are", () => {
  const tools = Array.from({ length: 84 }, (_, i) => one(`tool-${i}`));
  const offsets = assign(first, tools);
  const given = [...offsets.values()].flat();
  assert.equal(new Set(given).size, 90, "+10 to +99 are all in use");
  const firstThirty = tools.slice(0, 30).map(({ tool }) => offsets.get(tool)![0]);
  assert.ok(firstThirty.every((offset) => offset >= 70), "spare ports come last");
});

Deno.test("a full range is an error that names tools and the one without a place", () => {
  const tools = Array.from({ length: 85 }, (_, i) => one(`tool-${i}`));
  assert.throws(
    () => assign(first, tools),
    (error) =>
      error instanceof CmgrError && error.exit === 5 && /"tool-84"/.test(error.message) &&
      /filesystem/.test(error.message),
  );
});

Deno.test("a larger range has room for more tools beyond +99", () => {
  const tools = Array.from({ length: 150 }, (_, i) => one(`tool-${i}`));
  const offsets = assign({ base: 9000, size: 200 }, tools);
  assert.equal(new Set([...offsets.values()].flat()).size, 156);
});

Deno.test("a tool that binds two ports gets two", () => {
  const given = assign(first, [{ tool: "godot", count: 2 }]).get("godot")!;
  assert.equal(new Set(given).size, 2);
});

Deno.test("ports that must never be handed out are not", () => {
  for (const base of [8930, 9122, 9150, 9200]) {
    const range = { base, size: 100 };
    const tools = Array.from({ length: 40 }, (_, i) => one(`tool-${i}`));
    const others = [...assign(range, tools)].filter(([tool]) => tool.startsWith("tool-"));
    for (const [, offsets] of others) {
      for (const offset of offsets) assert.ok(!forbiddenPorts.has(base + offset));
    }
  }
});

Deno.test("a range whose fixed ports are forbidden is skipped", () => {
  const layout = { basePort: 8999, portRange: 100 };
  const { range } = allocate({ layout, taken: [], wanted: [], busy: new Set() });
  assert.equal(range.base, 9099, "8999 + 10 is 9009");
});

Deno.test("a range is skipped when a port that it would assign is busy", () => {
  const request = { layout: defaultLayout, taken: [], wanted: [] };
  assert.equal(allocate({ ...request, busy: new Set([9030]) }).range.base, 9100);
  assert.equal(allocate({ ...request, busy: new Set([9005, 9031]) }).range.base, 9000);
});

Deno.test("the lowest free range is chosen, a gap before the end", () => {
  const taken = [{ base: 9000, size: 100 }, { base: 9200, size: 100 }];
  const { range } = allocate({ layout: defaultLayout, taken, wanted: [], busy: new Set() });
  assert.equal(range.base, 9100);
});

Deno.test("no range left is an error with its own exit code", () => {
  const layout = { basePort: 65436, portRange: 100 };
  const busy = new Set<number>();
  const request = { layout, taken: [{ base: 65400, size: 70 }], wanted: [], busy };
  assert.throws(() => allocate(request), (error) => error instanceof CmgrError && error.exit === 5);
});

type Step =
  | { readonly do: "create" | "remove" | "reset" | "regenerate"; readonly name: string }
  | { readonly do: "tools"; readonly name: string; readonly tools: readonly string[] }
  | { readonly do: "settings"; readonly layout: Layout }
  | { readonly do: "listen" | "silence"; readonly port: number };

const name = fc.constantFrom("a", "b", "c", "d", "e", "constructor", "toString");
const step = fc.oneof(
  fc.record({ do: fc.constantFrom("create", "remove", "reset", "regenerate"), name }),
  fc.record({
    do: fc.constant("tools"),
    name,
    tools: fc.array(fc.constantFrom("github", "git", "time", "toString", "x", "y", "z")),
  }),
  fc.record({
    do: fc.constant("settings"),
    layout: fc.record({
      basePort: fc.constantFrom(9000, 9050, 65000, 1024),
      portRange: fc.constantFrom(70, 100, 130, 400),
    }),
  }),
  fc.record({
    do: fc.constantFrom("listen", "silence"),
    port: fc.constantFrom(9010, 9020, 9110, 9170, 65010, 1034),
  }),
) as fc.Arbitrary<Step>;

Deno.test("no sequence of commands lets ranges overlap, tools share a port, or a port leave its range", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let registry: PortRegistry = {
        rest: {},
        bases: dictionary(),
        records: dictionary(),
        reserved: dictionary(),
      };
      let layout = defaultLayout;
      const busy = new Set<number>();
      const tools = new Map<string, readonly string[]>();
      const give = (name: string, kept?: Kept) => {
        const request = {
          layout,
          taken: otherRanges(registry, name),
          wanted: (tools.get(name) ?? []).map(some),
          kept,
          busy,
        };
        try {
          const allocation = allocate(request);
          assert.ok(portsOf(allocation).every((port) => !busy.has(port)));
          registry = withAllocation(registry, name, allocation);
        } catch (error) {
          assert.ok(error instanceof CmgrError && error.exit === 5);
        }
      };
      for (const step of steps) {
        switch (step.do) {
          case "create":
          case "reset":
            give(step.name);
            break;
          case "regenerate":
            give(step.name, keptOf(registry, step.name));
            break;
          case "remove":
            registry = withoutAllocation(registry, step.name);
            assert.equal(rangeOf(registry, step.name), undefined);
            break;
          case "tools": {
            tools.set(step.name, step.tools);
            const range = rangeOf(registry, step.name);
            if (range === undefined) break;
            const before = allocationOf(registry, step.name)!.offsets;
            const kept = keptOf(registry, step.name);
            const wanted = step.tools.map(some);
            const offsets = assign(range, wanted, kept.offsets);
            for (const [tool, given] of before) assert.deepEqual(offsets.get(tool), given);
            const copies = assignCopies(range, wanted, offsets, kept.copies);
            registry = withAllocation(registry, step.name, { range, offsets, copies });
            break;
          }
          case "settings":
            layout = step.layout;
            break;
          case "listen":
            busy.add(step.port);
            break;
          case "silence":
            busy.delete(step.port);
        }
        checkInvariants(registry);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("a released range is the next one handed out when it is the lowest", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(), (count, pick) => {
      const request = { layout: defaultLayout, wanted: [], busy: new Set<number>() };
      const taken = Array.from({ length: count }, (_, i) => ({ base: 9000 + i * 100, size: 100 }));
      const [released] = taken.splice(pick % count, 1);
      assert.deepEqual(allocate({ ...request, taken }).range, released);
    }),
  );
});

function checkInvariants(registry: PortRegistry): void {
  const allocations = Object.keys(registry.bases).map((name) => allocationOf(registry, name)!);
  for (const [i, allocation] of allocations.entries()) {
    const { range, offsets } = allocation;
    const ports = portsOf(allocation);
    assert.equal(new Set(ports).size, ports.length, "no two tools share a port");
    for (const port of ports) {
      assert.ok(contains(range, port), `${port} lies in its range`);
      assert.ok(port < 65536);
      assert.ok(!forbiddenPorts.has(port));
    }
    for (const { name, offset } of specTools) assert.deepEqual(offsets.get(name), [offset]);
    for (const other of allocations.slice(i + 1)) {
      assert.ok(!overlaps(range, other.range), "no two instances overlap");
    }
  }
}
