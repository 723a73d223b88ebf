import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import { recognise } from "../../../src/catalogue/recognise.ts";
import { mergeRules, parseUserRules } from "../../../src/catalogue/user_rules.ts";

const read = (text: string) => mergeRules(parseUserRules(text, "tools.jsonc"), catalogue);

Deno.test("a rule of the user's own is added, with comments and trailing commas about it", () => {
  const rules = read(`{
    // my bridge
    "tools": { "bridge": {
      "packages": ["my-bridge-mcp"], "commands": ["bridge"], "keys": ["b"],
      "ports": [{ "variables": ["P"] }, { "flag": "--port", "after": "serve" }, { "positional": 1 }],
      "env": { "STATE": "{sandbox}/x" },
      "hazards": [{ "kind": "exclusive", "text": "ends the other" }],
      "secondCopy": "takes next port",
    } },
  }`);
  assert.equal(rules.length, catalogue.length + 1);
  for (const entry of [["npx", "my-bridge-mcp"], ["bridge"]]) {
    const [{ rule }] = recognise([{ key: "k", command: entry[0], args: entry.slice(1) }], rules);
    assert.deepEqual([rule?.name, rule?.secondCopy], ["bridge", "takes next port"]);
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
  ['{\n "tools": { "x": }\n}', /line 2: it is not valid JSON/],
  ["[]", /line 1: it is a list, not an object/],
  ['{ "tools": [] }', /"tools" is a list, not an object/],
  ['{ "rules": {} }', /"rules" is not a field that cmgr knows/],
  ['{ "tools": {\n "x": [] } }', /line 2: "tools.x" is a list, not an object/],
  ['{ "tools": { "x": {\n\n "port": [] } } }', /line 3: "tools.x.port" is not a field/],
  ['{ "tools": { "x": { "packages": "p" } } }', /"tools.x.packages" is a string, not a list/],
  ['{ "tools": { "x": { "packages": [""] } } }', /"tools.x.packages\[0\]" is empty/],
  ['{ "tools": { "x": { "ports": {} } } }', /"tools.x.ports" is an object, not a list/],
  ['{ "tools": { "x": { "ports": [\n{},\n{ "default": 0 }] } } }', /line 3: .*ports\[1\].default/],
  ['{ "tools": { "x": { "ports": [{ "default": 65536 }] } } }', /from 1 to 65535/],
  ['{ "tools": { "x": { "ports": [{ "variables": [] }] } } }', /names no variable/],
  [
    '{ "tools": { "x": { "ports": [{ "variables": ["A-B"] }] } } }',
    /is not the name of a variable/,
  ],
  [
    '{ "tools": { "x": { "ports": [{ "variables": ["CLAUDE_INSTANCE"] }] } } }',
    /set by cmgr itself/,
  ],
  [
    '{ "tools": { "x": { "ports": [{}, { "variables": ["MCP_PORT"] }] } } }',
    /further port by MCP_PORT, which cmgr itself sets/,
  ],
  ['{ "tools": { "x": { "env": { "MCP_PORT": "1" } } } }', /set by cmgr itself/],
  ['{ "tools": { "x": { "learnt": { "package": "p" } } } }', /learnt.version" is missing/],
  ['{ "tools": { "x": { "ports": [{ "flag": "port" }] } } }', /is not a flag such as --port/],
  ['{ "tools": { "x": { "ports": [{ "flag": "-p", "positional": 1 }] } } }', /more than one of/],
  ['{ "tools": { "x": { "ports": [{ "after": "s" }] } } }', /need "flag"/],
  ['{ "tools": { "x": { "ports": [{ "value": "{port}" }] } } }', /needs "variables"/],
  [
    '{ "tools": { "x": { "ports": [{ "variables": ["A"], "value": "x" }] } } }',
    /does not contain \{port\}/,
  ],
  [
    '{ "tools": { "x": { "hazards": [{ "kind": "bad", "text": "t" }] } } }',
    /is not one of "exclusive", /,
  ],
  [
    '{ "tools": { "x": { "secondCopy": "dies" } } }',
    /"tools.x.secondCopy"/,
  ],
  [
    '{ "tools": { "x": { "hazards": [{ "kind": "exclusive" }] } } }',
    /hazards\[0\].text" is missing/,
  ],
  ['{ "tools": { "": { "packages": ["x"] } } }', /"tools" has a tool without a name/],
  ['{ "tools": { "x": { "env": { "A": 1 } } } }', /"tools.x.env.A" is a number, not a string/],
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
  Deno.test(`a tool called ${name} is a tool like any other`, () => {
    const [rule] = read(`{ "tools": {\n "${name}": { "packages": ["x"] } } }`);
    assert.deepEqual([rule.name, rule.packages], [name, ["x"]]);
  });
}
