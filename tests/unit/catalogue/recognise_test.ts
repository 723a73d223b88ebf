import assert from "node:assert/strict";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import { describeMoves } from "../../../src/catalogue/obstacle.ts";
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
    ], catalogue);
    assert.equal(tool, "filesystem");
  }
});

Deno.test("a package whose name merely starts alike is another one", () => {
  const [{ tool }] = recognise(
    [entry("x", "npx", "@modelcontextprotocol/server-memory-plus")],
    catalogue,
  );
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
    assert.equal(recognise([entry(key)], catalogue)[0].tool, "playwright-mcp-server");
  });
}

Deno.test("of two entries of one package the first is the tool, the second keeps its own name", () => {
  const found = recognise([
    entry("here", "npx", "@modelcontextprotocol/server-filesystem", "/a"),
    entry("there", "npx", "@modelcontextprotocol/server-filesystem", "/b"),
  ], catalogue);
  assert.deepEqual(found.map(({ tool }) => tool), ["filesystem", "there"]);
});

Deno.test("the entry with a tool's name is the tool, though another comes first", () => {
  const found = recognise([
    entry("here", "npx", "@modelcontextprotocol/server-filesystem", "/a"),
    entry("filesystem", "npx", "@modelcontextprotocol/server-filesystem", "/b"),
  ], catalogue);
  assert.deepEqual(found.map(({ tool }) => tool), ["here", "filesystem"]);
});

for (
  const words of [
    "uvx bridge",
    "uvx bridge==1.0",
    "uvx bridge@latest",
    "uvx bridge[extra]",
    "uvx --with other bridge",
    "uvx --from bridge some-tool",
    "uv tool run bridge",
    "uv --directory /x tool run bridge",
    "pipx run bridge",
  ]
) {
  Deno.test(`${words} is the package of PyPI, and none of npm`, () => {
    const rule = (name: string) => ({ name: "r", packages: [name], source: "" });
    const of = (name: string) => recognise([entry("x", ...words.split(" "))], [rule(name)])[0].rule;
    assert.equal(of("pypi:bridge")?.name, "r");
    assert.equal(of("bridge"), undefined);
  });
}

Deno.test("a port that moves only when pinned is said to be left alone until then", () => {
  const [remote] = recognise(
    [entry("x", "npx", "mcp-remote", "https://x.example", "3334")],
    catalogue,
  );
  assert.deepEqual(describeMoves(remote, 0), ["left alone: it moves only when it is pinned"]);
  assert.deepEqual(describeMoves(remote, 1), ["argument 2"]);
});
