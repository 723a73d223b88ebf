import assert from "node:assert/strict";
import { builtIn } from "../../../src/catalogue/read_rules.ts";
import { parseUserRules } from "../../../src/catalogue/user_rules.ts";
import measured from "../../../src/catalogue/measured_rules.json" with { type: "json" };
import { catalogueText } from "../../../scripts/measure.ts";

Deno.test("the measured rules are rules, each with the version that it was measured with", () => {
  const tools = Object.fromEntries(measured.map(({ name, ...rule }) => [name, rule]));
  const rules = parseUserRules(JSON.stringify({ tools }), "measured_rules.json");
  assert.equal(rules.length, measured.length);
  for (const { name, packages, learnt, source } of rules) {
    assert.deepEqual(packages, [learnt?.package], name);
    assert(source.startsWith(`measured, ${learnt?.version}, ${learnt?.date}: `), name);
  }
});

Deno.test("no two built-in rules have a name or a package in common", () => {
  for (
    const all of [
      builtIn.map(({ name }) => name),
      builtIn.flatMap(({ packages }) => packages),
    ]
  ) {
    assert.deepEqual(all.filter((one, i) => all.indexOf(one) !== i), []);
  }
});

Deno.test("the file of measured rules is as measuring writes it", async () => {
  const path = new URL("../../../src/catalogue/measured_rules.json", import.meta.url);
  assert.equal(await Deno.readTextFile(path), catalogueText(measured));
});
