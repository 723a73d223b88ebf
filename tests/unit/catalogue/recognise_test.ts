import assert from "node:assert/strict";
import { recognise } from "../../../src/catalogue/recognise.ts";

const entry = (key: string, ...words: string[]) => ({
  key,
  command: words[0] ?? "true",
  args: words.slice(1),
});

Deno.test("an entry is known by its package, whatever its key and the version", () => {
  for (const version of ["", "@latest", "@2026.8.31"]) {
    const [{ tool }] = recognise([
      entry("docs", "npx", "-y", `@modelcontextprotocol/server-filesystem${version}`, "/d"),
    ]);
    assert.equal(tool, "filesystem");
  }
});

Deno.test("a package whose name merely starts alike is another one", () => {
  const [{ tool }] = recognise([entry("x", "npx", "@modelcontextprotocol/server-memory-plus")]);
  assert.equal(tool, "x");
});

for (
  const key of [
    "playwright",
    "playwright-mcp-server",
    "executeautomation-playwright-mcp-server",
    "@executeautomation-playwright-mcp-server",
  ]
) {
  Deno.test(`the name ${key} means the Playwright server of the specification`, () => {
    assert.equal(recognise([entry(key)])[0].tool, "playwright-mcp-server");
  });
}

Deno.test("of two entries of one package the first is the tool, the second keeps its own name", () => {
  const found = recognise([
    entry("here", "npx", "@modelcontextprotocol/server-filesystem", "/a"),
    entry("there", "npx", "@modelcontextprotocol/server-filesystem", "/b"),
  ]);
  assert.deepEqual(found.map(({ tool }) => tool), ["filesystem", "there"]);
});

Deno.test("the entry with a tool's name is the tool, though another comes first", () => {
  const found = recognise([
    entry("here", "npx", "@modelcontextprotocol/server-filesystem", "/a"),
    entry("filesystem", "npx", "@modelcontextprotocol/server-filesystem", "/b"),
  ]);
  assert.deepEqual(found.map(({ tool }) => tool), ["here", "filesystem"]);
});
