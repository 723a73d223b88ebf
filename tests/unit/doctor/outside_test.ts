import assert from "node:assert/strict";
import { recognise } from "../../../src/catalogue/recognise.ts";
import type { PortRule } from "../../../src/catalogue/rule.ts";
import { listenersOutside } from "../../../src/doctor/outside.ts";

const allocation = {
  range: { base: 9000, size: 100 },
  offsets: new Map([["a", [10]]]),
  pins: new Map([["a", [4000]]]),
};
const on = (port: number) => ({ port, address: "*", pid: 1, command: "node" });

/** The ports of its rule, and which of 80, 4000 and 9050 are outside then. */
const cases: Record<string, readonly [readonly PortRule[], readonly number[]]> = {
  "that are neither in the range nor pinned": [[], [80]],
  "except those that its rule says cannot be moved": [[{ default: 80 }], []],
  "that its rule says how to move": [[{ default: 80, flag: "--port" }], [80]],
  "but none where the port of a server varies": [[{}], []],
};

for (const [name, [ports, expected]] of Object.entries(cases)) {
  Deno.test(`doctor names ports of a running server ${name}`, () => {
    const rule = { name: "a", packages: [], ports, source: "" };
    const servers = recognise([{ key: "a", command: "a", args: [] }], [rule]);
    const found = listenersOutside([on(80), on(80), on(4000), on(9050)], allocation, servers);
    assert.deepEqual(found.map(({ port }) => port), expected);
  });
}
