import assert from "node:assert/strict";
import fc from "fast-check";
import { formatRegistry } from "../../../src/registry/registry_file.ts";

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
