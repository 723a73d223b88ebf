import assert from "node:assert/strict";
import fc from "fast-check";
import { CmgrError } from "../../../src/errors.ts";
import { summaryOf } from "../../../src/config/config_summary.ts";
import { memberOf, membersOf, parseConfig } from "../../../src/config/config_text.ts";

/** The same by the parser that knows the places of everything. */
function byPlaces(text: string) {
  const { root, entries } = parseConfig(text, "x");
  const servers = memberOf(root, "mcpServers")?.value;
  return {
    servers: new Set(servers && membersOf(servers).map(({ key }) => key)).size,
    entries: entries.map(({ key, command, args, env }) => ({
      key,
      command,
      args,
      variables: [...new Set(env && membersOf(env).map((member) => member.key))],
    })),
  };
}

const anything = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant("npx"));
// Of keys that look like numbers, only a parser keeps the order.
const key = fc.string({ maxLength: 8 }).map((text) => `k${text}`);
const entry = fc.oneof(
  anything,
  fc.record(
    {
      command: fc.oneof({ weight: 9, arbitrary: fc.string() }, anything),
      args: fc.oneof({ weight: 9, arbitrary: fc.array(fc.string()) }, anything),
      env: fc.oneof({ weight: 9, arbitrary: fc.dictionary(key, fc.string()) }, anything),
      url: fc.string(),
    },
    { requiredKeys: [] },
  ),
);
const config = fc.oneof(
  anything,
  fc.record(
    { mcpServers: fc.oneof({ weight: 9, arbitrary: fc.dictionary(key, entry) }, anything) },
    { requiredKeys: [] },
  ),
);

Deno.test("a config read quickly says the same as one read with all its places", () => {
  fc.assert(
    fc.property(config, (value) => {
      const text = JSON.stringify(value);
      const quick = summaryOf(text);
      if (quick === undefined) assert.throws(() => parseConfig(text, "x"), CmgrError);
      else assert.deepEqual(quick, byPlaces(text));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("what the app would not read is not read quickly either", () => {
  for (const text of ["", "{", "[]", "// x\n{}", '{"a":1,}', '\uFEFF{"mcpServers":{}}', "null"]) {
    assert.equal(summaryOf(text), undefined, text);
    assert.throws(() => parseConfig(text, "x"), CmgrError);
  }
});

Deno.test("of a key that stands twice the last counts, and once", () => {
  const text = '{"mcpServers":{"a":{"command":"x"},"a":{"command":"y","env":{"B":"1","B":"2"}}}}';
  assert.deepEqual(summaryOf(text), byPlaces(text));
  assert.deepEqual(summaryOf(text), {
    servers: 1,
    entries: [{ key: "a", command: "y", args: [], variables: ["B"] }],
  });
});
