import assert from "node:assert/strict";
import fc from "fast-check";
import { dictionary } from "../../../src/json/dictionary.ts";
import { applyPatches, type EntryPatch, removePatches } from "../../../src/config/config_edit.ts";
import { parseConfig } from "../../../src/config/config_text.ts";

const ports: EntryPatch = { env: { MCP_PORT: "9010", CLAUDE_INSTANCE: "work" } };

function apply(text: string, patch: EntryPatch, memory = dictionary<never>()) {
  const config = parseConfig(text, "test");
  return applyPatches(config, new Map(config.entries.map(({ key }) => [key, patch])), memory);
}

const undo = (text: string, memory: Parameters<typeof removePatches>[1]) =>
  removePatches(parseConfig(text, "test"), memory);

Deno.test("an entry without env gets one, laid out like the rest of the document", () => {
  const before = `{
    "mcpServers": {
        "a": {
            "command": "x"
        }
    }
}`;
  assert.equal(
    apply(before, ports).text,
    `{
    "mcpServers": {
        "a": {
            "command": "x",
            "env": {
                "MCP_PORT": "9010",
                "CLAUDE_INSTANCE": "work"
            }
        }
    }
}`,
  );
});

Deno.test("tabs and CRLF are kept and used", () => {
  const before =
    '{\r\n\t"mcpServers": {\r\n\t\t"a": {\r\n\t\t\t"command": "x"\r\n\t\t}\r\n\t}\r\n}\r\n';
  const { text } = apply(before, ports);
  assert.ok(text.includes('"x",\r\n\t\t\t"env": {\r\n\t\t\t\t"MCP_PORT": "9010",\r\n'));
  assert.equal(text.replaceAll("\r\n", "").includes("\n"), false);
});

Deno.test("a document on one line stays on one line", () => {
  const before = '{"mcpServers":{"a":{"command":"x","args":["y"]}}}';
  assert.equal(
    apply(before, ports).text,
    '{"mcpServers":{"a":{"command":"x","args":["y"],"env":{"MCP_PORT":"9010","CLAUDE_INSTANCE":"work"}}}}',
  );
});

Deno.test("an entry on one line within a document of many stays on one line", () => {
  const before = '{\n  "mcpServers": {\n    "a": { "command": "x", "env": { "K": "v" } }\n  }\n}\n';
  assert.equal(
    apply(before, ports).text,
    '{\n  "mcpServers": {\n    "a": { "command": "x", "env": { "K": "v", "MCP_PORT": "9010", "CLAUDE_INSTANCE": "work" } }\n  }\n}\n',
  );
});

Deno.test("a value of the user's gives way, is remembered, and comes back as it was written", () => {
  const before = '{"mcpServers":{"a":{"command":"x","env":{"MCP_PORT":  "80\\u0030","K":"v"}}}}';
  const { text, memory } = apply(before, ports);
  assert.equal(JSON.parse(text).mcpServers.a.env.MCP_PORT, "9010");
  assert.equal(undo(text, memory), before);
});

Deno.test("a value that the user changed since is the user's, and survives the undoing", () => {
  const { text, memory } = apply('{"mcpServers":{"a":{"command":"x"}}}', ports);
  const changed = text.replace('"9010"', '"7777"');
  assert.deepEqual(JSON.parse(undo(changed, memory)).mcpServers.a.env, { MCP_PORT: "7777" });
});

Deno.test("the user's value comes back though the port changed twice, and a crash lost one write", () => {
  const before = '{"mcpServers":{"a":{"command":"x","env":{"MCP_PORT":"5000"}}}}';
  const first = apply(before, { env: { MCP_PORT: "9010" } });
  const lost = apply(first.text, { env: { MCP_PORT: "9110" } }, first.memory as never);
  // The registry was written, the config was not: it still says 9010.
  const second = apply(first.text, { env: { MCP_PORT: "9110" } }, lost.memory as never);
  assert.equal(undo(second.text, second.memory), before);
  assert.equal(undo(first.text, lost.memory), before, "and from the middle of the crash");
});

Deno.test("a variable that is no longer wanted goes when another one is added", () => {
  for (
    const [before, after] of [
      ['{"mcpServers":{"a":{"command":"x"}}}', '{"Q":"2"}'],
      ['{"mcpServers":{"a":{"command":"x","env":{"K":"v"}}}}', '{"K":"v","Q":"2"}'],
      ['{"mcpServers":{"a":{"command":"x","env":{ }}}}', '{"Q":"2"}'],
      ['{"mcpServers":{"a":{"command":"x","env":{"P":"u"}}}}', '{"P":"u","Q":"2"}'],
    ]
  ) {
    const first = apply(before, { env: { P: "1" } });
    const second = apply(first.text, { env: { Q: "2" } }, first.memory as never);
    assert.equal(JSON.stringify(JSON.parse(second.text).mcpServers.a.env), after);
    assert.equal(undo(second.text, second.memory), before);
  }
});

Deno.test("what the original cmgr wrote is taken for cmgr's own and goes with the undoing", () => {
  const before =
    '{"mcpServers":{"a":{"command":"x","env":{"K":"v","MCP_PORT":"9110","MCP_SERVER_PORT":"9110","MCP_BASE_PORT":"9100","CLAUDE_INSTANCE":"old"}}}}';
  const patch = {
    env: { MCP_PORT: "1", MCP_SERVER_PORT: "2", MCP_BASE_PORT: "3", CLAUDE_INSTANCE: "work" },
  };
  const { text, memory } = apply(before, patch);
  assert.equal(undo(text, memory), '{"mcpServers":{"a":{"command":"x","env":{"K":"v"}}}}');
});

Deno.test("a server called __proto__ is a server like any other", () => {
  const before = '{"mcpServers":{"__proto__":{"command":"x","env":{"__proto__":"k"}}}}';
  const { text, memory } = apply(before, { env: { ...ports.env, ["__proto__"]: "ours" } });
  assert.ok(text.includes('"__proto__":"ours","MCP_PORT":"9010"'), text);
  assert.equal(undo(text, memory), before);
});

Deno.test("an entry that starts no program is left alone", () => {
  const before = '{"mcpServers":{"remote":{"type":"http","url":"https://x.test/mcp"}}}';
  assert.equal(apply(before, ports).text, before);
});

Deno.test("the last of a duplicate server counts, as in JSON", () => {
  const before = '{"mcpServers":{"a":{"command":"x"},"a":{"command":"y"}}}';
  const { text, memory } = apply(before, ports);
  assert.equal(JSON.parse(text).mcpServers.a.env.MCP_PORT, "9010");
  assert.equal(undo(text, memory), before);
});

Deno.test("arguments are changed by element, and come back to the byte", () => {
  const before =
    '{"mcpServers":{"a":{"command":"npx","args":[ "-y",\n   "pkg" ,"--port",   "80" ]}}}';
  const patch: EntryPatch = {
    env: {},
    args: (args) => [...args.slice(0, -1), "9070", "--extra"],
  };
  const { text, memory } = apply(before, patch);
  assert.deepEqual(JSON.parse(text).mcpServers.a.args, ["-y", "pkg", "--port", "9070", "--extra"]);
  assert.ok(
    text.startsWith('{"mcpServers":{"a":{"command":"npx","args":[ "-y",\n   "pkg" ,"--port",'),
  );
  assert.equal(undo(text, memory), before);
});

Deno.test("arguments given to an entry that has none go again as a whole", () => {
  const before = '{"mcpServers":{"a":{"command":"x"}}}';
  const { text, memory } = apply(before, { env: {}, args: () => ["--port", "9070"] });
  assert.deepEqual(JSON.parse(text).mcpServers.a.args, ["--port", "9070"]);
  assert.equal(undo(text, memory), before);
});

const key = fc.oneof(
  fc.constantFrom("MCP_PORT", "CLAUDE_INSTANCE", "K", "__proto__", "constructor", 'päth\n"q"'),
  fc.string(),
);
const entry = fc.record({
  command: fc.string(),
  args: fc.array(fc.string(), { maxLength: 4 }),
  env: fc.dictionary(key, fc.string(), { maxKeys: 4 }),
  disabled: fc.boolean(),
  nested: fc.jsonValue({ maxDepth: 2 }),
}, { requiredKeys: ["command"] });
const document = fc.record({
  globalShortcut: fc.string(),
  mcpServers: fc.dictionary(key, entry, { maxKeys: 5 }),
  preferences: fc.jsonValue({ maxDepth: 3 }),
}, { requiredKeys: ["mcpServers"] });
const layout = fc.record({
  indent: fc.constantFrom("", "  ", "    ", "\t"),
  eol: fc.constantFrom("\n", "\r\n"),
  end: fc.boolean(),
});
const args = fc.constantFrom<EntryPatch["args"]>(
  undefined,
  (args) => [...args, "--port", "9010"],
  (args) => ["9010", ...args],
  (args) => args.length > 1 ? [args[0], "9010", ...args.slice(2)] : args,
  (args) => args.slice(1),
);

Deno.test("any config gets its ports, and without them is what it was, to the byte", () => {
  fc.assert(
    fc.property(document, layout, args, (data, { indent, eol, end }, args) => {
      const written = JSON.stringify(data, undefined, indent).replaceAll("\n", eol);
      const before = end ? `${written}${eol}` : written;
      const patch = { ...ports, args };
      const { text, memory } = apply(before, patch);
      const after = JSON.parse(text);
      for (const [name, { env, args: given, ...rest }] of Object.entries(data.mcpServers)) {
        const { env: envAfter, args: argsAfter, ...restAfter } = after.mcpServers[name];
        assert.deepEqual(restAfter, JSON.parse(JSON.stringify(rest)));
        assert.deepEqual(
          new Map(Object.entries(envAfter)),
          new Map(Object.entries({ ...env, ...ports.env })),
        );
        const wanted = args ? args(given ?? []) : given ?? [];
        assert.deepEqual(argsAfter ?? [], wanted);
      }
      assert.deepEqual({ ...after, mcpServers: 0 }, { ...JSON.parse(before), mcpServers: 0 });
      const again = apply(text, patch, memory as never);
      assert.equal(again.text, text, "doing it twice changes nothing");
      assert.deepEqual(again.memory, memory);
      assert.equal(undo(text, memory), before);
      assert.equal(undo(before, memory), before, "undoing it twice changes nothing either");
    }),
    { numRuns: 500 },
  );
});

Deno.test("a config that the app rewrote in between still loses all that was put in", () => {
  fc.assert(
    fc.property(document, args, (data, args) => {
      const { text, memory } = apply(JSON.stringify(data, undefined, 4), { ...ports, args });
      const rewritten = JSON.stringify(JSON.parse(text), undefined, 2);
      assert.deepEqual(JSON.parse(undo(rewritten, memory)), JSON.parse(JSON.stringify(data)));
    }),
    { numRuns: 300 },
  );
});
