import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import { recognise } from "../../../src/catalogue/recognise.ts";
import { mergeRules, parseUserRules } from "../../../src/catalogue/user_rules.ts";

const read = (text: string) => mergeRules(parseUserRules(text, "tools.jsonc"));

Deno.test("a rule of the user's own is added, with comments and trailing commas about it", () => {
  const rules = read(`{
    // my bridge
    "tools": { "bridge": {
      "packages": ["my-bridge-mcp"], "commands": ["bridge"], "keys": ["b"],
      "ports": [{ "variables": ["P"] }, { "flag": "--port", "after": "serve" }, { "positional": 1 }],
      "env": { "STATE": "{sandbox}/x" },
      "hazards": [{ "kind": "exclusive", "text": "ends the other" }],
    } },
  }`);
  assert.equal(rules.length, catalogue.length + 1);
  for (const entry of [["npx", "my-bridge-mcp"], ["bridge"]]) {
    const [{ rule }] = recognise([{ key: "k", command: entry[0], args: entry.slice(1) }], rules);
    assert.equal(rule?.name, "bridge");
  }
});

Deno.test("a name that the catalogue has is changed in the fields that are written alone", () => {
  const rules = read(`{ "tools": { "gmail": { "ports": [{ "variables": ["MY_PORT"] }] } } }`);
  assert.equal(rules.length, catalogue.length);
  const gmail = rules.find(({ name }) => name === "gmail")!;
  assert.deepEqual(gmail.ports, [{ variables: ["MY_PORT"] }]);
  assert.deepEqual(gmail.packages, ["@shinzolabs/gmail-mcp"]);
  assert.equal(gmail.isUsers, true);
});

Deno.test("the user's rule for a key wins over the catalogue's for the package", () => {
  const rules = read(`{ "tools": { "mine": { "keys": ["figma"] } } }`);
  const [{ rule, by }] = recognise(
    [{ key: "figma", command: "npx", args: ["figma-console-mcp"] }],
    rules,
  );
  assert.deepEqual([rule?.name, by], ["mine", "key"]);
});

Deno.test("one of the six keeps its place whatever the user writes of it", () => {
  const rules = read(`{ "tools": { "memory": { "packages": ["my-memory"] } } }`);
  const [{ tool, rule }] = recognise([{ key: "m", command: "npx", args: ["my-memory"] }], rules);
  assert.deepEqual([tool, rule?.offset], ["memory", 30]);
});

for (const text of ["", "\n", "// nothing yet\n", "{}", '{ "tools": {} }']) {
  Deno.test(`${JSON.stringify(text)} adds no rule`, () => {
    assert.deepEqual(read(text), catalogue);
  });
}

/** Faulty texts, each with what is said of it. */
const faults: readonly (readonly [string, RegExp])[] = [
  ['{\n "tools": { "x": }\n}', /line 2: not valid JSON/],
  ["[]", /line 1: must be an object/],
  ['{ "tools": [] }', /"tools": must be an object/],
  ['{ "rules": {} }', /"rules": is not a field that cmgr knows/],
  ['{ "tools": {\n "x": [] } }', /line 2: "tools.x": must be an object/],
  ['{ "tools": { "x": {\n\n "port": [] } } }', /line 3: "tools.x.port": is not a field/],
  ['{ "tools": { "x": { "packages": "p" } } }', /"tools.x.packages": must be a list of texts/],
  ['{ "tools": { "x": { "packages": [""] } } }', /"tools.x.packages.0": must not be empty/],
  ['{ "tools": { "x": { "ports": {} } } }', /"tools.x.ports": must be a list of ports/],
  ['{ "tools": { "x": { "ports": [\n{},\n{ "default": 0 }] } } }', /line 3: .*ports.1.default/],
  ['{ "tools": { "x": { "ports": [{ "default": 65536 }] } } }', /from 1 to 65535/],
  ['{ "tools": { "x": { "ports": [{ "variables": [] }] } } }', /must name a variable/],
  ['{ "tools": { "x": { "ports": [{ "variables": ["A-B"] }] } } }', /the name of a variable/],
  ['{ "tools": { "x": { "ports": [{ "variables": ["MCP_PORT"] }] } } }', /set by cmgr itself/],
  ['{ "tools": { "x": { "ports": [{ "flag": "port" }] } } }', /a flag such as --port/],
  ['{ "tools": { "x": { "ports": [{ "flag": "-p", "positional": 1 }] } } }', /more than one of/],
  ['{ "tools": { "x": { "ports": [{ "after": "s" }] } } }', /need "flag"/],
  ['{ "tools": { "x": { "ports": [{ "value": "{port}" }] } } }', /needs "variables"/],
  ['{ "tools": { "x": { "ports": [{ "variables": ["A"], "value": "x" }] } } }', /contain \{port\}/],
  ['{ "tools": { "x": { "hazards": [{ "kind": "bad", "text": "t" }] } } }', /must be one of/],
  ['{ "tools": { "x": { "hazards": [{ "kind": "exclusive" }] } } }', /hazards.0.text": is missing/],
  ['{ "tools": { "x": { "env": { "A": 1 } } } }', /"tools.x.env.A": must be a text/],
];

for (const [text, said] of faults) {
  Deno.test(`refused with line and field: ${JSON.stringify(text)}`, () => {
    assert.throws(() => read(text), (error) => {
      assert(error instanceof CmgrError);
      assert.match(error.message, said);
      assert.match(error.message, /^tools\.jsonc, line \d+: /);
      assert.equal(error.exit, 6);
      return true;
    });
  });
}

for (const name of ["__proto__", "constructor", "prototype"]) {
  Deno.test(`a tool called ${name} is refused rather than silently left out`, () => {
    assert.throws(
      () => parseUserRules(`{ "tools": {\n "${name}": { "packages": ["x"] } } }`, "tools.jsonc"),
      new RegExp(`tools\\.jsonc, line 2: "tools\\.${name}" cannot be a name here`),
    );
  });
}
