import assert from "node:assert/strict";
import fc from "fast-check";
import { pathsIn } from "../../../src/paths.ts";
import {
  fileOf,
  type PortRegistry,
  portsIn,
  readPorts,
  readPortsInBrief,
  writePorts,
} from "../../../src/registry/ports.ts";
import type { ConfigMemory, PortRecord } from "../../../src/registry/schemas.ts";

const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "replaced"));
const byName = <T>(value: fc.Arbitrary<T>) =>
  fc.dictionary(name, value, { noNullPrototype: false });

const memory: fc.Arbitrary<ConfigMemory> = byName(fc.record({
  env: byName(fc.record({
    was: fc.option(fc.oneof(fc.string(), fc.constant(',\n  "replaced": {\n'))),
    wrote: fc.array(fc.string()),
  })),
}));

const record: fc.Arbitrary<PortRecord> = fc.record({
  size: fc.integer({ min: 70, max: 65_535 }),
  offsets: byName(fc.array(fc.nat(99))),
  pins: byName(fc.array(fc.integer({ min: 1, max: 65_535 }))),
  replaced: memory,
}, { requiredKeys: [] });

const registry: fc.Arbitrary<PortRegistry> = fc.record({
  rest: fc.constant({}),
  bases: byName(fc.integer({ min: 1, max: 65_535 })),
  records: byName(record),
  reserved: byName(fc.record({
    base: fc.integer({ min: 1, max: 65_535 }),
    size: fc.integer({ min: 1, max: 65_535 }),
    until: fc.string(),
  })),
});

const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

async function inState(test: (paths: ReturnType<typeof pathsIn>) => Promise<void>) {
  const home = await Deno.makeTempDir({ prefix: "cmgr-test-" });
  try {
    await Deno.mkdir(`${home}/.cmgr`);
    await test(pathsIn(home));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("ports that are written are read again, whatever was replaced in the configs", () =>
  inState(async (paths) => {
    await fc.assert(
      fc.asyncProperty(registry, async (given) => {
        await writePorts(paths, given);
        assert.deepEqual(plain(await readPorts(paths)), plain(given));
      }),
    );
  }));

Deno.test("what was replaced may stand with its instance, as it did before it stood last", () => {
  const replaced = { server: { env: { PORT: { was: null, wrote: ['"9010"'] } } } };
  const read = portsIn({ instances: { work: { size: 100, replaced } } });
  assert.deepEqual(plain(read.records), { work: { size: 100, replaced } });
  assert.deepEqual(plain(fileOf(read)), {
    allocated_ports: {},
    instances: { work: { size: 100 } },
    replaced: { work: replaced },
  });
});

Deno.test("a field of that name elsewhere does not end the reading", () =>
  inState(async (paths) => {
    const offsets = { replaced: [10], more: [11] };
    const file = { allocated_ports: { a: 9000 }, instances: { a: { size: 100, offsets } } };
    for (const indent of [0, 1, 2]) {
      const text = JSON.stringify({ first: 1, replaced: {}, ...file }, undefined, indent);
      await Deno.writeTextFile(paths.ports, text);
      const { bases, records } = await readPortsInBrief(paths);
      assert.deepEqual(plain({ bases, records }), {
        bases: file.allocated_ports,
        records: file.instances,
      });
    }
    // It stands where it would end the file, with the ranges after it.
    const early = '{\n  "version": 1,\n  "replaced": {\n  },\n  "allocated_ports": {"a": 9000}\n}';
    await Deno.writeTextFile(paths.ports, early);
    assert.deepEqual(plain((await readPortsInBrief(paths)).bases), { a: 9000 });
  }));
