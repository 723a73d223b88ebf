import assert from "node:assert/strict";
import fc from "fast-check";
import { valueAt, withoutValue, withValue } from "../../../src/json/members.ts";

Deno.test("a value is formatted like the rest of the config", () => {
  const text =
    '{\n    "mcpServers": {\n        "a": { "command": "x" }\n    },\n\n    "theme":  "dark"\n}\n';
  assert.equal(
    withValue(text, ["preferences", "menuBarEnabled"], false),
    text.replace(
      '"dark"\n',
      '"dark",\n    "preferences":  {\n        "menuBarEnabled":  false\n    }\n',
    ),
  );
  assert.equal(withValue(text, ["theme"], "light"), text.replace("dark", "light"));
});

Deno.test("a config on one line stays on one line", () => {
  const text = '{"mcpServers":{},"theme":"dark"}';
  assert.equal(
    withValue(text, ["mcpServers", "a"], { command: "x" }),
    '{"mcpServers":{"a":{"command":"x"}},"theme":"dark"}',
  );
});

Deno.test("an empty config gets lines", () => {
  assert.equal(withValue("{}\n", ["a", "b"], 1), '{\n  "a": {\n    "b": 1\n  }\n}\n');
});

Deno.test("Windows line breaks stay", () => {
  const changed = withValue('{\r\n  "a": {}\r\n}\r\n', ["a", "b"], { c: 1 });
  assert.equal(changed, '{\r\n  "a": {\r\n    "b": {\r\n      "c": 1\r\n    }\r\n  }\r\n}\r\n');
});

Deno.test("a value that was set is found, and removing it leaves the others", () => {
  const tree = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 });
  const step = fc.constantFrom("a", "b", "__proto__", 'x"y');
  fc.assert(
    fc.property(
      tree,
      fc.array(step, { minLength: 1, maxLength: 3 }),
      fc.jsonValue(),
      fc.constantFrom(undefined, 2, "\t"),
      (config, path, value, indent) => {
        const text = JSON.stringify(config, undefined, indent);
        const changed = withValue(text, path, value);
        assert.deepEqual(valueAt(changed, path), JSON.parse(JSON.stringify(value)));
        const others = (json: string) => {
          const all = JSON.parse(json);
          delete all[path[0]];
          return all;
        };
        assert.deepEqual(others(changed), others(text));
        const removed = withoutValue(changed, path);
        assert.equal(valueAt(removed, path), undefined);
        assert.deepEqual(others(removed), others(text));
      },
    ),
  );
});

Deno.test("removing a missing value changes nothing", () => {
  assert.equal(withoutValue('{ "a": 1 }', ["b", "c"]), '{ "a": 1 }');
});
