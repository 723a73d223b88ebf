import assert from "node:assert/strict";
import { readCommandLine } from "../../../src/catalogue/command_line.ts";
import { recognise } from "../../../src/catalogue/recognise.ts";

const launch = (...words: string[]) => ({ key: "x", command: words[0], args: words.slice(1) });

/** Ways to start one package, each with the index at which the server's own arguments begin. */
const ways: readonly (readonly [number, ...string[]])[] = [
  [2, "npx", "-y", "figma-console-mcp", "own"],
  [2, "npx", "--yes", "figma-console-mcp@latest", "own"],
  [1, "npx", "figma-console-mcp@1.40.4", "own"],
  [3, "npx", "-y", "--", "figma-console-mcp", "own"],
  [4, "npx", "-y", "--registry", "https://r.example", "figma-console-mcp", "own"],
  [3, "npx", "-p", "figma-console-mcp", "figma-console-mcp", "own"],
  [2, "npx", "--package=figma-console-mcp@1", "anything", "own"],
  [1, "/usr/local/bin/npx", "figma-console-mcp", "own"],
  [2, "C:\\Program Files\\nodejs\\npx.cmd", "-y", "figma-console-mcp", "own"],
  [4, "cmd", "/c", "npx", "-y", "figma-console-mcp", "own"],
  [3, "env", "A=b", "npx", "figma-console-mcp", "own"],
  [2, "npm", "exec", "figma-console-mcp", "own"],
  [1, "bunx", "figma-console-mcp", "own"],
  [2, "bun", "x", "figma-console-mcp", "own"],
  [2, "pnpm", "dlx", "figma-console-mcp", "own"],
  [1, "pnpx", "figma-console-mcp", "own"],
  [2, "yarn", "dlx", "figma-console-mcp", "own"],
  [1, "uvx", "figma-console-mcp==1.0", "own"],
  [3, "uvx", "--from", "figma-console-mcp", "tool", "own"],
  [3, "uv", "tool", "run", "figma-console-mcp", "own"],
  [1, "node", "/n/node_modules/figma-console-mcp/dist/local.js", "own"],
  [2, "node", "--no-warnings", "/n/node_modules/figma-console-mcp/dist/local.js", "own"],
  [3, "node", "-r", "/x.js", "/n/node_modules/figma-console-mcp/dist/local.js", "own"],
  [1, "node", "C:\\n\\node_modules\\figma-console-mcp\\dist\\local.js", "own"],
  [1, "node", "/n/.pnpm/figma-console-mcp@1/node_modules/figma-console-mcp/x.js", "own"],
  [1, "node", "/home/u/figma-console-mcp/dist/local.js", "own"],
  [1, "bun", "/home/u/figma-console-mcp/dist/local.js", "own"],
  [3, "deno", "run", "-A", "npm:figma-console-mcp@1", "own"],
  [0, "figma-console-mcp", "own"],
  [0, "/usr/bin/figma-console-mcp", "own"],
  [0, "C:\\npm\\figma-console-mcp.cmd", "own"],
];

for (const [at, ...words] of ways) {
  Deno.test(`the package is seen in: ${words.join(" ")}`, () => {
    assert.equal(recognise([launch(...words)])[0].rule?.name, "figma-console");
    assert.equal(readCommandLine(words[0], words.slice(1)).at, at);
  });
}

/** What merely looks like the package. */
for (
  const words of [
    ["npx", "-y", "figma-console-mcp-plus"],
    ["npx", "-y", "other", "figma-console-mcp"],
    ["npx", "-y", "@me/figma-console-mcp"],
    ["node", "/n/node_modules/other/figma-console-mcp.js"],
    ["node", "/n/figma-console-mcp/node_modules/other/x.js"],
    ["docker", "run", "-i", "figma-console-mcp"],
    ["podman", "run", "npx", "figma-console-mcp"],
    ["sh", "-c", "npx figma-console-mcp"],
    ["npx", "-p", "other", "figma-console-mcp"],
    ["npx"],
    ["node"],
    ["env"],
  ]
) {
  Deno.test(`the package is not seen in: ${words.join(" ")}`, () => {
    assert.equal(recognise([launch(...words)])[0].rule, undefined);
  });
}

Deno.test("a key alone speaks for a server that cannot be seen otherwise", () => {
  const [found] = recognise([{ key: "agentation", command: "/home/u/start.sh", args: ["server"] }]);
  assert.equal(found.rule?.name, "agentation");
  assert.equal(found.by, "key");
  assert.equal(found.isPortOnly, false);
});

Deno.test("a key says nothing of a package that is another", () => {
  const [found] = recognise([{ key: "agentation", command: "npx", args: ["something-else"] }]);
  assert.equal(found.rule, undefined);
});

Deno.test("a name of the six over an unknown package or a container reserves the port alone", () => {
  for (const [command, ...args] of [["npx", "my-memory"], ["docker", "run", "memory"]]) {
    const [found] = recognise([{ key: "memory", command, args }]);
    assert.deepEqual([found.tool, found.by, found.isPortOnly], ["memory", "key", true]);
  }
});
