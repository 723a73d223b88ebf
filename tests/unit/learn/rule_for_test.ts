import assert from "node:assert/strict";
import { readCommandLine } from "../../../src/catalogue/command_line.ts";
import type { Copies } from "../../../src/learn/copies.ts";
import { type LearntFacts, ruleFor } from "../../../src/learn/rule_for.ts";

const copies: Copies = {
  secondCopy: "exits",
  seen: "a second copy exits",
  apart: true,
  endsCopies: false,
};
const facts: LearntFacts = {
  entry: { key: "b", rule: undefined, started: readCommandLine("npx", ["-y", "@a/bridge-mcp"]) },
  package: { name: "@a/bridge-mcp", version: "1.2.3" },
  taken: new Set(["other"]),
  server: { name: "bridge", version: "9" },
  ports: [{ default: 9876, variables: ["BRIDGE_PORT"] }],
  copies,
  isShared: false,
  isCutShort: false,
  date: "2026-01-31",
};

Deno.test("a rule says what was learnt, of which version, when, and what was observed", () => {
  assert.deepEqual(ruleFor(facts), {
    name: "@a/bridge-mcp",
    packages: ["@a/bridge-mcp"],
    ports: [{ default: 9876, variables: ["BRIDGE_PORT"] }],
    secondCopy: "exits",
    learnt: { package: "@a/bridge-mcp", version: "1.2.3", date: "2026-01-31" },
    source: "learnt, @a/bridge-mcp 1.2.3, 2026-01-31: binds 9876, moved by BRIDGE_PORT; " +
      "a second copy exits",
  });
});

Deno.test("a server that binds nothing has a rule without ports", () => {
  const { ports, hazards, source } = ruleFor({ ...facts, ports: [], copies: undefined });
  assert.deepEqual([ports, hazards], [undefined, undefined]);
  assert.match(source, /binds nothing over stdio$/);
});

Deno.test("a server without a package is known by its key and its own version", () => {
  const { packages, aliases, learnt } = ruleFor({ ...facts, package: undefined });
  assert.deepEqual([packages, aliases], [[], ["b"]]);
  assert.deepEqual(learnt, { package: "bridge", version: "9", date: "2026-01-31" });
});

Deno.test("a rule is not called like one of another package, which it would change", () => {
  const name = (one: Partial<LearntFacts>) => ruleFor({ ...facts, ...one }).name;
  const version = "1";
  assert.equal(name({ package: { name: "other", version } }), "npm:other");
  assert.equal(name({ package: { name: "pypi:other", version } }), "pypi:other");
  assert.equal(name({ package: { name: "pypi:mine", version } }), "mine");
  const entry = { ...facts.entry, key: "other" };
  assert.equal(name({ package: undefined, entry }), "entry:other");
});

/** What was seen, and the hazards that it makes. */
const hazards: Record<string, readonly [Partial<LearntFacts>, readonly string[]]> = {
  "a port that cannot be moved": [{ ports: [{ default: 9 }] }, ["immovable"]],
  "a port that varies": [{ ports: [{}] }, ["immovable"]],
  "a fixed port whose first owner is ended": [
    { ports: [{ default: 9 }], copies: { ...copies, secondCopy: "kills the first" } },
    ["exclusive"],
  ],
  "a movable one that ends copies with other ports": [
    { copies: { ...copies, secondCopy: "kills the first", endsCopies: true } },
    ["ends-copies"],
  ],
  "a movable one that ends copies with its own port alone": [
    { copies: { ...copies, secondCopy: "kills the first" } },
    [],
  ],
};

for (const [name, [given, kinds]] of Object.entries(hazards)) {
  Deno.test(`the hazards of a rule follow from what was seen: ${name}`, () => {
    const found = ruleFor({ ...facts, ...given }).hazards ?? [];
    assert.deepEqual(found.map(({ kind }) => kind), kinds);
  });
}

Deno.test("hazards of the rule that learning cannot see stay", () => {
  const rule = {
    name: "bridge",
    packages: ["@a/bridge-mcp"],
    hazards: [
      { kind: "peer-must-know", text: "is looked for by its plugin" },
      { kind: "immovable", text: "always takes port 9" },
    ],
    source: "",
  } as const;
  const made = ruleFor({ ...facts, entry: { ...facts.entry, rule } });
  assert.deepEqual([made.name, made.hazards], ["bridge", [rule.hazards[0]]]);
});
