import assert from "node:assert/strict";
import { schemaFiles } from "../../../scripts/schemas.ts";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import { pathsIn } from "../../../src/paths.ts";
import { instanceEntries, meaningOf, settingEntries } from "../../../src/settings/schema.ts";
import { settingsOf } from "../../../src/settings/settings.ts";

for (const [name, text] of schemaFiles()) {
  Deno.test(`schemas/${name} says what cmgr checks`, async () => {
    const file = new URL(`../../../schemas/${name}`, import.meta.url);
    assert.equal(await Deno.readTextFile(file), text, "Write it again: deno task schemas");
  });
}

Deno.test("every setting has a description, and a place in the schema", () => {
  const { properties } = JSON.parse(schemaFiles().get("config.schema.json")!);
  for (const key of Object.keys(settingEntries)) {
    assert.ok(Object.keys(properties[key]).length > 0, key);
    if (key !== "$schema" && key !== "instances") assert.ok(meaningOf(key), key);
  }
});

Deno.test("the schema of rules knows every field that the catalogue uses of ports", () => {
  const { tools } = JSON.parse(schemaFiles().get("tools.schema.json")!).properties;
  const known = Object.keys(tools.additionalProperties.properties.ports.items.properties);
  for (const { ports = [] } of catalogue) {
    for (const port of ports) {
      for (const field of Object.keys(port)) assert.ok(known.includes(field), field);
    }
  }
});

Deno.test("the documentation lists every setting with its default", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/settings.md", import.meta.url));
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (.*?) +\| (yes|no) +\| (.*?) +\|$/gm)];
  const settings = settingsOf({}, pathsIn("/home/u"), () => undefined);
  const defaults: Record<string, unknown> = { ...settings, ...settings.layout() };
  const expected = Object.keys(settingEntries).filter((key) => meaningOf(key)).map((key) => [
    key,
    key === "toolFolders"
      ? "version managers"
      : defaults[key] === undefined
      ? "none"
      : `\`${JSON.stringify(defaults[key])}\``,
    key in instanceEntries ? "yes" : "no",
    meaningOf(key),
  ]);
  assert.deepEqual(rows.map(([, ...cells]) => cells), expected);
});
