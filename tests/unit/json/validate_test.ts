import assert from "node:assert/strict";
import fc from "fast-check";
import { formatRegistry } from "../../../src/registry/registry_file.ts";
import {
  dictionaryOf,
  Fault,
  fields,
  flag,
  list,
  nullable,
  number,
  oneOf,
  optional,
  text,
  whole,
} from "../../../src/json/validate.ts";

const shape = fields<{ name: string; ports?: Record<string, number[]>; isOn?: boolean }>({
  name: text,
  ports: optional(dictionaryOf(list(whole(1, 9)))),
  isOn: optional(flag),
});

const faultOf = (data: unknown) => {
  try {
    shape(data);
  } catch (error) {
    assert.ok(error instanceof Fault);
    return error.message;
  }
};

Deno.test("what has the right shape is handed back with the fields that are not known", () => {
  const data = { name: "a", ports: { x: [1, 9] }, isOn: true, more: { of: ["it"] } };
  assert.deepEqual({ ...shape(structuredClone(data)), ports: data.ports }, data);
  assert.deepEqual(shape({ name: "a" }), { name: "a" });
});

Deno.test("what has another shape is named with the way to it", () => {
  for (
    const [data, message] of [
      [[], "Expected an object"],
      [null, "Expected an object"],
      [{}, '"name": Expected a text'],
      [{ name: "a", isOn: 1 }, '"isOn": Expected true or false'],
      [{ name: "a", ports: [] }, '"ports": Expected an object'],
      [{ name: "a", ports: { x: 1 } }, '"ports.x": Expected a list'],
      [{ name: "a", ports: { x: [1, 10] } }, '"ports.x.1": Expected a whole number from 1 to 9'],
      [{ name: "a", ports: { x: [1.5] } }, '"ports.x.0": Expected a whole number from 1 to 9'],
    ]
  ) assert.equal(faultOf(data), message);
  assert.throws(() => oneOf("a", "b")("c"), /Expected one of: a, b/);
  assert.throws(() => number("1"), /Expected a number/);
  assert.equal(nullable(text)(null), null);
});

Deno.test("names that mean something to JavaScript are names like any other", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const from = JSON.parse(`{${names.map((name) => `"${name}": [1]`).join()}}`);
  const { ports } = shape({ name: "a", ports: from });
  assert.deepEqual(Object.keys(ports!), names);
  assert.equal(Object.getPrototypeOf(ports), null);
  assert.equal(faultOf(JSON.parse('{"__proto__": {"name": "a"}}')), '"name": Expected a text');
});

Deno.test("a registry is the same JSON with a line for each entry", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
    assert.deepEqual(JSON.parse(formatRegistry(data)), JSON.parse(JSON.stringify(data)));
  }));
  assert.equal(
    formatRegistry({ version: 1, instances: { a: { x: [1] }, b: {} }, none: {}, gone: undefined }),
    `{
  "version": 1,
  "instances": {
    "a": {"x":[1]},
    "b": {}
  },
  "none": {}
}
`,
  );
});
