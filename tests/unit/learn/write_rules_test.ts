import assert from "node:assert/strict";
import { parseUserRules, type UserRule } from "../../../src/catalogue/user_rules.ts";
import { withRule } from "../../../src/learn/write_rules.ts";

const learnt = { package: "bridge-mcp", version: "1.2.3", date: "2026-01-31" };
const rule: UserRule = {
  name: "bridge-mcp",
  packages: ["bridge-mcp"],
  ports: [{ default: 9876, variables: ["BRIDGE_PORT"] }],
  secondCopy: "exits",
  learnt,
  source: "learnt",
};

const read = (text: string) => parseUserRules(text, "tools.jsonc");

for (const text of ["", "\n", "// nothing yet\n", "{}", '{ "tools": {} }']) {
  Deno.test(`a rule is written into ${JSON.stringify(text)}`, () => {
    assert.deepEqual(read(withRule(text, rule)), [rule]);
  });
}

Deno.test("comments, other rules and their layout stay", () => {
  const text = `{
  // mine
  "tools": {
    "other": { "keys": ["o"] }, // as it was
  },
}
`;
  const after = withRule(text, rule);
  assert.match(after, /^\{\n {2}\/\/ mine\n {2}"tools": \{\n {4}"other": \{ "keys": \["o"\] \},/);
  assert.match(after, /\/\/ as it was/);
  assert.deepEqual(read(after).map(({ name }) => name), ["other", "bridge-mcp"]);
});

Deno.test("of a rule that is there, the user's names stay and what was learnt is replaced", () => {
  const text = `{ "tools": { "bridge-mcp": {
    "keys": ["mine"], // for short
    "packages": ["fork-of-bridge"],
    "hazards": [{ "kind": "immovable", "text": "was" }],
    "ports": [{ "default": 1 }]
  } } }`;
  const after = withRule(text, rule);
  assert.match(after, /for short/);
  const { ports, secondCopy, source } = rule;
  assert.deepEqual(read(after), [{
    name: "bridge-mcp",
    aliases: ["mine"],
    packages: ["fork-of-bridge"],
    ports,
    secondCopy,
    learnt,
    source,
  }]);
});

Deno.test("a second time nothing is changed", () => {
  const once = withRule("", rule);
  assert.equal(withRule(once, rule), once);
});
