import assert from "node:assert/strict";
import { boundPorts, portConflictsOf } from "../../../src/launch/port_conflicts.ts";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import { wantedBy } from "../../../src/reconcile/patches.ts";
import { usualLaunchers } from "../../../src/launch/launcher.ts";
import { assign, portsOfTool } from "../../../src/ports/allocate.ts";

const range = { base: 9000, size: 100 };
const allocation = { range, offsets: assign(range, [{ tool: "bridge", count: 2 }]) };
const bound = [...allocation.offsets.keys()].flatMap((tool) =>
  portsOfTool(allocation, tool).map((port) => ({ tool, port }))
);

Deno.test("a conflict names port, tool and process", () => {
  const found = [
    { port: 9030, address: "[::]", pid: null, command: null },
    { port: 9030, address: "127.0.0.1", pid: 7, command: "node" },
    { port: 9031, address: "127.0.0.1", pid: 8, command: "free" },
  ];
  assert.deepEqual(portConflictsOf(bound, found, new Set([9010])), [
    { tool: "filesystem", port: 9010, holder: undefined },
    { tool: "memory", port: 9030, holder: found[1] },
  ]);
});

Deno.test("every port of a tool counts", () => {
  const [, second] = allocation.offsets.get("bridge")!;
  const busy = new Set([9000 + second]);
  assert.deepEqual(portConflictsOf(bound, [], busy).map(({ tool }) => tool), ["bridge"]);
});

Deno.test("only what a configured server really binds counts", () => {
  const npx = (key: string, ...args: string[]) => ({ key, command: "npx", args: ["-y", ...args] });
  const entries = [
    npx("filesystem", "@modelcontextprotocol/server-filesystem", "/x"),
    npx("gmail", "@shinzolabs/gmail-mcp"),
    npx("remote", "mcp-remote", "https://x"),
    npx("agentation-mcp", "agentation-mcp"),
    { key: "mine", command: "/x/mine", args: [] },
  ];
  const wanted = wantedBy(entries, catalogue);
  const own = { range, offsets: assign(range, wanted) };
  const tools = boundPorts(entries, catalogue, own).map(({ tool }) => tool);
  assert.deepEqual([...new Set(tools)], ["gmail", "mine"]);
  assert.deepEqual(boundPorts([], catalogue, own), []);
});

Deno.test("the app is looked for in the usual places of each operating system", () => {
  assert.deepEqual(usualLaunchers("linux", "/home/u", undefined), [
    "claude-desktop",
    "claude-desktop-unofficial",
    "/usr/lib/claude-desktop/claude-desktop",
  ]);
  assert.deepEqual(usualLaunchers("darwin", "/Users/u", undefined), [
    "/Applications/Claude.app",
    "/Users/u/Applications/Claude.app",
  ]);
  assert.deepEqual(usualLaunchers("windows", "C:\\Users\\u", "D:\\Local"), [
    "D:\\Local\\AnthropicClaude\\claude.exe",
  ]);
});
