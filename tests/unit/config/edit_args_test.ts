import assert from "node:assert/strict";
import fc from "fast-check";
import { dictionary } from "../../../src/json/dictionary.ts";
import type { ConfigMemory } from "../../../src/registry/schemas.ts";
import { applyPatches, type EntryPatch, removePatches } from "../../../src/config/config_edit.ts";
import { parseConfig } from "../../../src/config/config_text.ts";

const none: ConfigMemory = dictionary();
const withPort = (port: number): EntryPatch => ({
  env: {},
  args: (args) => [...args.slice(0, 2), "--port", String(port), ...args.slice(2)],
});
const withValue = (port: number): EntryPatch => ({
  env: {},
  args: (args) => args.map((word, i) => args[i - 1] === "--port" ? String(port) : word),
});

const config = (args: string) => `{"mcpServers": {"it": {"command": "npx", "args": ${args}}}}`;
const parse = (text: string) => parseConfig(text, "test");
const patch = (text: string, how: EntryPatch, memory = none) =>
  applyPatches(parse(text), new Map([["it", how]]), memory);
const argsIn = (text: string): string[] => JSON.parse(text).mcpServers.it.args;

Deno.test("arguments come back to the byte", () => {
  const text = config(`[ "-y",  "pkg", "a" ]`);
  const { text: edited, memory } = patch(text, withPort(9010));
  assert.deepEqual(argsIn(edited), ["-y", "pkg", "--port", "9010", "a"]);
  assert.equal(removePatches(parse(edited), memory), text);
});

Deno.test("an entry without arguments has none again afterwards", () => {
  const text = `{"mcpServers": {"it": {"command": "pkg"}}}`;
  const { text: edited, memory } = patch(text, withPort(9010));
  assert.deepEqual(argsIn(edited), ["--port", "9010"]);
  assert.equal(removePatches(parse(edited), memory), text);
});

Deno.test("what the user adds beside the port stays, and the port goes", () => {
  const { text, memory } = patch(config(`["-y", "pkg", "a"]`), withPort(9010));
  const changed = text.replace(`"a"`, `"a", "--verbose"`);
  assert.deepEqual(argsIn(removePatches(parse(changed), memory)), ["-y", "pkg", "a", "--verbose"]);
  const again = patch(changed, withPort(9020), memory);
  assert.deepEqual(argsIn(again.text), ["-y", "pkg", "--port", "9020", "a", "--verbose"]);
  assert.deepEqual(
    argsIn(removePatches(parse(again.text), again.memory)),
    ["-y", "pkg", "a", "--verbose"],
  );
});

Deno.test("a value that was changed comes back beside what the user adds", () => {
  const { text, memory } = patch(config(`["pkg", "--port", "80"]`), withValue(9010));
  const changed = text.replace(`"pkg"`, `"pkg", "--verbose"`);
  assert.deepEqual(
    argsIn(removePatches(parse(changed), memory)),
    ["pkg", "--verbose", "--port", "80"],
  );
});

Deno.test("a port that the user has changed since is the user's", () => {
  const { text, memory } = patch(config(`["-y", "pkg"]`), withPort(9010));
  const changed = text.replace("9010", "7777");
  assert.deepEqual(
    argsIn(removePatches(parse(changed), memory)),
    ["-y", "pkg", "--port", "7777"],
  );
});

Deno.test("whatever words the user adds at either end, taking the port off leaves those alone", () => {
  const word = fc.constantFrom("-v", "x", "y z", "--flag=1");
  fc.assert(fc.property(fc.array(word), fc.array(word), (before, after) => {
    const { text, memory } = patch(config(`["-y", "pkg", "a"]`), withPort(9010));
    const words = [...before, ...argsIn(text), ...after];
    const changed = config(JSON.stringify(words));
    const theirs = [...before, "-y", "pkg", "a", ...after];
    assert.deepEqual(argsIn(removePatches(parse(changed), memory)), theirs);
    const again = patch(changed, withPort(9010), memory);
    assert.equal(patch(again.text, withPort(9010), again.memory).text, again.text);
  }));
});

const needs = (value: string): EntryPatch => ({
  env: { MCP_PORT: "1" },
  defaults: { STATE: value },
  belongsToAnother: (theirs) => theirs.startsWith("/s/other/"),
});
const withEnv = (env: string) => `{"mcpServers": {"it": {"command": "x", "env": ${env}}}}`;
const stateIn = (text: string) => JSON.parse(text).mcpServers.it.env?.STATE;

Deno.test("a default is set where the user has set none, follows a change, and goes again", () => {
  const text = withEnv(`{"A": "b"}`);
  const first = patch(text, needs("/s/me/x"));
  assert.equal(stateIn(first.text), "/s/me/x");
  const second = patch(first.text, needs("/s/me/y"), first.memory);
  assert.equal(stateIn(second.text), "/s/me/y");
  assert.equal(removePatches(parse(second.text), second.memory), text);
});

Deno.test("the user's own value wins over a default, set before or after", () => {
  const own = patch(withEnv(`{"STATE": "/mine"}`), needs("/s/me/x"));
  assert.equal(stateIn(own.text), "/mine");
  const first = patch(withEnv("{}"), needs("/s/me/x"));
  const changed = first.text.replace("/s/me/x", "/mine");
  const later = patch(changed, needs("/s/me/x"), first.memory);
  assert.equal(stateIn(later.text), "/mine");
  assert.equal(stateIn(removePatches(parse(later.text), later.memory)), "/mine");
});

Deno.test("a default replaces another instance's value, which is restored later", () => {
  const text = withEnv(`{"STATE": "/s/other/x"}`);
  const { text: edited, memory } = patch(text, needs("/s/me/x"));
  assert.equal(stateIn(edited), "/s/me/x");
  assert.equal(stateIn(removePatches(parse(edited), memory)), "/s/other/x");
});
