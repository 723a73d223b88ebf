import assert from "node:assert/strict";
import { applyRule } from "../../../src/catalogue/apply_rule.ts";
import { describeMoves } from "../../../src/catalogue/obstacle.ts";
import { recognise } from "../../../src/catalogue/recognise.ts";
import type { PortRule, Rule } from "../../../src/catalogue/rule.ts";
import { shapes, unknown } from "./entry_shapes.ts";

const program = "bridge-program";

for (const name of ["bridge-mcp", "@scope/bridge-mcp"]) {
  const ruleWith = (port: PortRule): Rule => ({
    name: "bridge",
    packages: [name],
    commands: [program],
    ports: [port],
    source: "",
  });
  const flagged = ruleWith({ default: 4000, flag: "--port" });
  const byVariable = ruleWith({ default: 4000, variables: ["VARIABLE"] });
  const wordsOf = (text: string) =>
    [...text.matchAll(/'([^']*)'|(?:[^\s']|'[^']*')+/g)].map(([whole, quoted]) =>
      (quoted ?? whole).replaceAll("'", "").replace(/(?<![\w-])P(?![\w])/g, name)
        .replace(/(?<![\w-])B(?![\w])/g, program)
    );
  const read = (rule: Rule, words: readonly string[]) => {
    const [command, ...args] = words;
    const [entry] = recognise([{ key: "k", command, args }], [rule]);
    const context = { command, ports: [9010], pinned: 0, sandbox: "/s" };
    const { env, args: make } = applyRule(entry, context);
    return { entry, env, words: [command, ...(make?.(args) ?? args)] };
  };

  for (const { entry: shape, flag, variableLeft } of shapes) {
    Deno.test(`${shape} is seen as ${name}, and moved or left alone`, () => {
      const words = wordsOf(shape);
      const one = read(flagged, words);
      assert.equal(one.entry.rule, flagged);
      const [said] = describeMoves(one.entry, 0);
      if (typeof flag === "string") {
        assert.deepEqual(one.words, wordsOf(flag));
        assert.equal(said, "--port N");
        assert.deepEqual(read(flagged, one.words).words, one.words, "twice is once");
      } else {
        assert.match(said, flag.left);
        assert.deepEqual(one.words, words, "what is left alone stays as it is");
      }
      const other = read(byVariable, words);
      assert.equal(other.entry.rule, byVariable);
      assert.deepEqual(other.words, words);
      assert.deepEqual(other.env, variableLeft ? {} : { VARIABLE: "9010" });
      assert.match(describeMoves(other.entry, 0)[0], variableLeft ?? /^VARIABLE$/);
    });
  }

  for (const shape of unknown) {
    Deno.test(`${shape} is not taken for ${name}`, () => {
      assert.equal(read(byVariable, wordsOf(shape)).entry.rule, undefined);
    });
  }
}

Deno.test("the table has at least 120 shapes, each of them once", () => {
  const entries = [...shapes.map(({ entry }) => entry), ...unknown];
  assert(entries.length >= 120);
  assert.equal(new Set(entries).size, entries.length);
});
