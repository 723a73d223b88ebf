import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import { parseConfig } from "../../../src/config/config_text.ts";

for (
  const [what, text, reason] of [
    ["empty", "", /line 1: .*empty|value is expected/],
    ["no JSON", "hello", /line 1: it is not valid JSON/],
    ["truncated", '{\n"mcpServers": {\n', /line 3: it is not valid JSON/],
    ["with a comment", '{\n  // mine\n  "mcpServers": {}\n}', /line 2: .*comment/],
    ["with a trailing comma", '{"mcpServers": {},\n}', /trailing comma/],
    ["with a byte order mark", "\uFEFF{}", /byte order mark/],
    ["a list", "[]", /line 1: it is a list, not an object/],
    ["null", "null", /it is null, not an object/],
    ["with mcpServers as a list", '{"mcpServers": []}', /"mcpServers" is a list/],
    ["with mcpServers null", '{"mcpServers": null}', /"mcpServers" is null/],
    ["with an entry as a text", '{"mcpServers": {"a": "npx"}}', /"mcpServers.a" is a string/],
    [
      "with a command as a list",
      '{"mcpServers": {"a": {"command": ["npx"]}}}',
      /a.command" is a list, not a string/,
    ],
    [
      "with args as a text",
      '{"mcpServers": {"a": {"command": "x", "args": "y"}}}',
      /a.args" is a string, not a list/,
    ],
    [
      "with a number in args",
      '{"mcpServers": {"a": {"command": "x", "args": ["y", 1]}}}',
      /args\[1\]" is a number/,
    ],
    [
      "with env as a list",
      '{"mcpServers": {"a": {"command": "x", "env": []}}}',
      /a.env" is a list/,
    ],
    ["with a literal that no JSON has", '{"mcpServers": {}, "x": NaN}', /line 1/],
    [
      "with a command that no system takes",
      JSON.stringify({ mcpServers: { a: { command: "x".repeat(131_073) } } }),
      /mcpServers.a" has more text than a program can be given/,
    ],
    [
      "with a variable's name that no system takes",
      JSON.stringify({ mcpServers: { a: { command: "x", env: { ["x".repeat(131_073)]: "" } } } }),
      /mcpServers.a" has more text/,
    ],
    [
      "with more arguments than a system takes",
      JSON.stringify({ mcpServers: { a: { command: "x", args: Array(2_097_152).fill("") } } }),
      /mcpServers.a" has more text/,
    ],
    [
      "with an endless name of a server",
      JSON.stringify({ mcpServers: { ["x".repeat(131_073)]: { command: "x" } } }),
      /a name of over 131,072 characters/,
    ],
    ["nested beyond reason", "[".repeat(200_000), /nested too deeply/],
    [
      "nested 3,000 deep beside its servers",
      `{"a": ${"[".repeat(3_000)}${"]".repeat(3_000)}}`,
      /nested too deeply/,
    ],
  ] as const
) {
  Deno.test(`a config that is ${what} is refused with place and reason`, () => {
    assert.throws(
      () => parseConfig(text, "standard input"),
      (error) =>
        error instanceof CmgrError && error.exit === 2 && reason.test(error.message) &&
        error.message.startsWith("standard input"),
    );
  });
}

Deno.test("a config on disk that cannot be used counts as damaged state", () => {
  assert.throws(
    () => parseConfig("{", "/x", "damaged"),
    (error) => error instanceof CmgrError && error.exit === 6,
  );
});

Deno.test("a config without servers is fine", () => {
  assert.deepEqual(parseConfig('{"globalShortcut": "x"}', "t").entries, []);
});

Deno.test("the last of a duplicate key counts, and once", () => {
  const text = '{"mcpServers":{"a":{"command":"x"},"a":{"command":"y","env":{"B":"1","B":"2"}}}}';
  const { servers, entries } = parseConfig(text, "t");
  assert.equal(servers, 1);
  assert.deepEqual(entries.map(({ command, variables }) => [command, variables]), [["y", ["B"]]]);
});

Deno.test("servers that start no program count, and are no entries", () => {
  const { servers, entries } = parseConfig('{"mcpServers":{"a":{"url":"https://x.test"}}}', "t");
  assert.deepEqual([servers, entries], [1, []]);
});

for (
  const [field, value, said] of [
    ["env", { A: 1 }, /"mcpServers\.x\.env\.A" is a number, not a string: write it in quotes/],
    ["env", { A: true }, /"mcpServers\.x\.env\.A" is a boolean, not a string: write it in quotes/],
    ["env", { A: null }, /"mcpServers\.x\.env\.A" is null, not a string: remove it/],
    ["args", [1], /"mcpServers\.x\.args\[0\]" is a number, not a string: write it in quotes/],
    ["args", ["a", null], /"mcpServers\.x\.args\[1\]" is null, not a string: remove it/],
  ] as const
) {
  Deno.test(`${field} with ${JSON.stringify(value)} is refused, and told how to write it`, () => {
    const text = JSON.stringify({ mcpServers: { x: { command: "c", [field]: value } } });
    assert.throws(() => parseConfig(text, "it"), said);
  });
}
