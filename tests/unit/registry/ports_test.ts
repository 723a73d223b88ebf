import assert from "node:assert/strict";
import fc from "fast-check";
import { dictionary } from "../../../src/json/dictionary.ts";
import { type Paths, pathsIn } from "../../../src/paths.ts";
import { type PortRegistry, readPorts, writePorts } from "../../../src/registry/ports.ts";
import { readReplaced, removeReplaced, writeReplaced } from "../../../src/registry/replaced.ts";
import type { ConfigMemory, PortRecord } from "../../../src/registry/schemas.ts";
import { onlyOn } from "../../programs.ts";

const isElsewhere = onlyOn("linux", "darwin");

const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "version"));
const byName = <T>(value: fc.Arbitrary<T>) =>
  fc.dictionary(name, value, { noNullPrototype: false });

const memory: fc.Arbitrary<ConfigMemory> = byName(fc.record({
  env: byName(fc.record({ was: fc.option(fc.string()), wrote: fc.array(fc.string()) })),
}));

const record: fc.Arbitrary<PortRecord> = fc.record({
  size: fc.integer({ min: 70, max: 65_535 }),
  offsets: byName(fc.array(fc.nat(99))),
  pins: byName(fc.array(fc.integer({ min: 1, max: 65_535 }))),
}, { requiredKeys: [] });

const reserved = byName(fc.record({
  base: fc.integer({ min: 1, max: 65_535 }),
  size: fc.integer({ min: 1, max: 65_535 }),
  until: fc.string(),
}));
const base = fc.integer({ min: 1, max: 65_535 });
const ranges = byName(fc.record({ base, record: fc.option(record) }));

/** A range always has a base, and not always more. */
const registry: fc.Arbitrary<PortRegistry> = fc.record({ ranges, reserved }).map(
  ({ ranges, reserved }) => {
    const [bases, records] = [dictionary<number>(), dictionary<PortRecord>()];
    for (const [name, { base, record }] of Object.entries(ranges)) {
      bases[name] = base;
      if (record) records[name] = record;
    }
    return { rest: {}, bases, records, reserved };
  },
);

const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

async function inState(test: (paths: Paths) => Promise<void>) {
  const home = await Deno.makeTempDir({ prefix: "cmgr-test-" });
  try {
    await Deno.mkdir(`${home}/.cmgr`);
    await test(pathsIn(home));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("ports that are written are read again", () =>
  inState(async (paths) => {
    await fc.assert(
      fc.asyncProperty(registry, async (given) => {
        await writePorts(paths, given);
        assert.deepEqual(plain(await readPorts(paths)), plain(given));
      }),
    );
  }));

Deno.test("what was replaced in a config is read again, in a file that others cannot read", {
  ignore: isElsewhere,
}, () =>
  inState(async (paths) => {
    await fc.assert(
      fc.asyncProperty(memory, async (given) => {
        await writeReplaced(paths, "work", given);
        assert.deepEqual(plain(await readReplaced(paths, "work", {})), plain(given));
      }),
    );
    assert.equal((await Deno.stat(`${paths.replaced}/work.json`)).mode! & 0o777, 0o600);
    assert.equal(await readReplaced(paths, "other", {}), undefined);
  }));

const replaced = { server: { env: { PORT: { was: null, wrote: ['"9010"'] } } } };
const newer = { server: { env: { PORT: { was: null, wrote: ['"9110"'] } } } };
const oldFiles = {
  "at the end": {
    allocated_ports: { work: 9000 },
    instances: { work: { size: 100 } },
    replaced: { work: replaced, "../evil": replaced },
  },
  "with its instance": {
    allocated_ports: { work: 9000 },
    instances: { work: { size: 100, replaced } },
  },
};

for (const [where, file] of Object.entries(oldFiles)) {
  Deno.test(`what version 0.1 replaced and kept in the registry ${where} moves to files at the next write`, () =>
    inState(async (paths) => {
      await Deno.writeTextFile(paths.ports, JSON.stringify(file));
      const read = await readPorts(paths);
      assert.deepEqual(plain(await readReplaced(paths, "work", read)), replaced);

      await writePorts(paths, read);
      assert.deepEqual(JSON.parse(await Deno.readTextFile(paths.ports)), {
        version: 1,
        allocated_ports: { work: 9000 },
        instances: { work: { size: 100 } },
      });
      assert.deepEqual([...Deno.readDirSync(paths.replaced)].map(({ name }) => name), [
        "work.json",
      ]);
      assert.deepEqual(plain(await readReplaced(paths, "work", await readPorts(paths))), replaced);
      await removeReplaced(paths, "work");
      assert.equal(await readReplaced(paths, "work", await readPorts(paths)), undefined);
    }));
}

Deno.test("a file of what was replaced is newer than what version 0.1 kept", () =>
  inState(async (paths) => {
    await Deno.writeTextFile(paths.ports, JSON.stringify(oldFiles["at the end"]));
    await writeReplaced(paths, "work", newer);
    const read = await readPorts(paths);
    assert.deepEqual(plain(await readReplaced(paths, "work", read)), newer);
    await writePorts(paths, read);
    assert.deepEqual(plain(await readReplaced(paths, "work", {})), newer);
  }));
