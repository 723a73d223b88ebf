import assert from "node:assert/strict";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import { furtherCopies } from "../../../src/catalogue/copies.ts";
import { recognise } from "../../../src/catalogue/recognise.ts";
import type { Rule } from "../../../src/catalogue/rule.ts";
import { type Edited, removePatches } from "../../../src/config/config_edit.ts";
import { parseConfig } from "../../../src/config/config_text.ts";
import { stripPorts } from "../../../src/config/strip_ports.ts";
import { dictionary } from "../../../src/json/dictionary.ts";
import { copyScriptOf } from "../../../src/paths.ts";
import { allocate } from "../../../src/ports/allocate.ts";
import { editPorts, wantedBy } from "../../../src/reconcile/patches.ts";
import type { ConfigMemory } from "../../../src/registry/schemas.ts";
import { defaultLayout } from "../../../src/settings/port_layout.ts";

const ignore = Deno.build.os !== "linux";

/** Rules for what the catalogue has no example of. */
const rules: readonly Rule[] = [
  {
    name: "both",
    packages: ["both-mcp"],
    ports: [{ variables: ["WS"], value: "ws://localhost:{port}" }, {
      flag: "-p",
      syntax: "equals",
    }],
    secondCopy: "exits",
    source: "test",
  },
  {
    name: "third",
    packages: ["third-mcp"],
    ports: [{ positional: 1 }],
    secondCopy: "exits",
    source: "t",
  },
  ...catalogue,
];

/** The config of an instance with its ports. */
function patched(text: string, name = "work", memory: ConfigMemory = dictionary()): Edited {
  const config = parseConfig(text, "the config");
  const base = name === "work" ? 9100 : 9200;
  const allocation = allocate({
    layout: { ...defaultLayout, basePort: base },
    taken: [],
    wanted: wantedBy(config.entries, rules),
    busy: new Set(),
  });
  const sandbox = `/home/me/sandboxes/${name}`;
  return editPorts(config, { instance: name, sandbox, allocation, rules }, memory);
}

function entryIn(text: string): { command: string; args?: string[]; env: Record<string, string> } {
  return Object.values(JSON.parse(text).mcpServers)[0] as ReturnType<typeof entryIn>;
}

const script = copyScriptOf("/home/me/sandboxes/work");

/** Texts of one entry, and where the ports of a copy are put. */
const shapes: Readonly<Record<string, readonly [entry: string, places: string]>> = {
  "a variable": [
    '{ "command": "npx", "args": ["-y", "@shinzolabs/gmail-mcp"] }',
    "PORT={1} AUTH_SERVER_PORT={1}",
  ],
  "an argument": [
    '{"args":["agentation-mcp","server","x"],\t"command":"npx"}',
    "3={1}",
  ],
  "an argument that the user has given": [
    '{ "command": "npx", "args": [ "agentation-mcp", "server", "--port=4747" ], "env": {} }',
    "2=--port={1}",
  ],
  "a command in another spelling, and a variable of the user's": [
    '{\r\n  "command" : "np\\u0078",\r\n  "args": ["@shinzolabs/gmail-mcp"],\r\n  "env": { "PORT": "3000", "A": "b" }\r\n}',
    "PORT={1} AUTH_SERVER_PORT={1}",
  ],
  "two ports, by a variable and an argument": [
    '{ "command": "npx", "args": ["both-mcp", "own"] }',
    "WS=ws://localhost:{1} 1=-p={2}",
  ],
  "a place among the arguments": ['{ "command": "npx", "args": ["third-mcp", "a", "b"] }', "2={1}"],
};

for (const [name, [entry, places]] of Object.entries(shapes)) {
  const text = `{ "other": 1, "mcpServers": { "it": ${entry} } }`;
  const count = name.startsWith("two") ? 2 : 1;

  Deno.test({
    name: `copies get ports of their own, and all of it is undone to the byte: ${name}`,
    ignore,
    fn: () => {
      const first = patched(text);
      const { command, env } = entryIn(first.text);
      assert.equal(first.hasCopies, true);
      assert.equal(command, script);
      assert.equal(env.CMGR_COPY_COMMAND, "npx");
      assert.equal(env.CMGR_COPY_PLACES, `MCP_PORT={1} MCP_SERVER_PORT={1} ${places}`);
      const ports = env.CMGR_COPY_PORTS.split(/[ ,]/);
      assert.equal(new Set(ports).size, 4 * count);
      assert.equal(ports[0], env.MCP_PORT);
      const twice = patched(first.text, "work", first.memory);
      assert.deepEqual([twice.text, twice.memory], [first.text, first.memory], "twice is once");
      assert.equal(patched(first.text).text, first.text, "even when it was forgotten");
      assert.equal(removePatches(parseConfig(first.text, "it"), first.memory), text);
    },
  });

  Deno.test({
    name: `an entry of another sandbox is taken for what it starts: ${name}`,
    ignore,
    fn: () => {
      const foreign = patched(text, "other").text;
      const stripped = stripPorts(parseConfig(foreign, "it"));
      assert.equal(entryIn(stripped).command, "npx");
      assert.doesNotMatch(stripped, /CMGR_COPY|cmgr-copy|CLAUDE_INSTANCE/);
      // Put in by hand it follows too.
      const taken = patched(foreign);
      assert.equal(entryIn(taken.text).command, script);
      assert.doesNotMatch(taken.text, /sandboxes\/other/);
    },
  });
}

const gmail = '{ "mcpServers": { "it": { "command": "npx", "args": ["@shinzolabs/gmail-mcp"] } } }';

Deno.test({
  name: "what the user edits of an entry that is started through the script is the user's",
  ignore,
  fn: () => {
    const first = patched(gmail);
    const undone = (edited: string) => {
      const again = patched(edited, "work", first.memory);
      assert.equal(entryIn(again.text).command, script);
      assert.doesNotMatch(entryIn(again.text).env.CMGR_COPY_COMMAND, /cmgr-copy/);
      return entryIn(removePatches(parseConfig(again.text, "it"), again.memory));
    };
    const command = first.text.replace(`"${script}"`, '"bunx"');
    assert.deepEqual(undone(command), { command: "bunx", args: ["@shinzolabs/gmail-mcp"] });
    const behind = first.text.replace('"CMGR_COPY_COMMAND": "npx"', '"CMGR_COPY_COMMAND": "bunx"');
    assert.notEqual(behind, first.text);
    assert.deepEqual(undone(behind), { command: "bunx", args: ["@shinzolabs/gmail-mcp"] });
    const args = first.text.replace('["@shinzolabs', '["-y", "@shinzolabs');
    assert.deepEqual(undone(args), { command: "npx", args: ["-y", "@shinzolabs/gmail-mcp"] });
    const places = first.text.replace('"CMGR_COPY_PLACES"', '"MINE": "1", "CMGR_COPY_PLACES"');
    assert.deepEqual(undone(places).env, { MINE: "1" });
  },
});

Deno.test({
  name: "a server that is not what it was starts without the script again",
  ignore,
  fn: () => {
    const first = patched(gmail);
    const edited = first.text.replace("@shinzolabs/gmail-mcp", "@mcp-b/webmcp-local-relay");
    const { text, hasCopies } = patched(edited, "work", first.memory);
    assert.equal(hasCopies, false);
    assert.equal(entryIn(text).command, "npx");
    assert.doesNotMatch(text, /CMGR_COPY/);
  },
});

/** Which entries need ports for copies. */
const needs: readonly (readonly [number, string, readonly string[]])[] = [
  [3, "npx", ["@shinzolabs/gmail-mcp"]],
  [3, "bash", ["-c", "npx @shinzolabs/gmail-mcp"]],
  [0, "npx", ["@mcp-b/webmcp-local-relay"]],
  [0, "npx", ["@browsermcp/mcp"]],
  [0, "npx", ["@modelcontextprotocol/server-memory"]],
  // The port cannot be moved there, so that a copy would have the same.
  [0, "env", ["PORT=3000", "npx", "@shinzolabs/gmail-mcp"]],
  [0, "bash", ["-c", "npx agentation-mcp server"]],
  [0, "docker", ["run", "-p", "3000:3000", "gmail"]],
];

for (const [copies, command, args] of needs) {
  Deno.test(`${copies} further copies need ports: ${command} ${args.join(" ")}`, () => {
    const [entry] = recognise([{ key: "gmail", command, args }], rules);
    assert.equal(furtherCopies(entry, "linux"), copies);
    assert.equal(furtherCopies(entry, "darwin"), 0);
    assert.equal(furtherCopies(entry, "windows"), 0);
  });
}

Deno.test({
  name: "a server that is told to bind nothing starts without the script",
  ignore,
  fn: () => {
    const text = '{ "mcpServers": { "it": { "command": "npx", "args": ["agentation-mcp"] } } }';
    assert.equal(patched(text).hasCopies, false);
  },
});
