import assert from "node:assert/strict";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import { recognise } from "../../../src/catalogue/recognise.ts";

/** Paths that lead into a package, and such that merely look like it. */
const paths: readonly (readonly [string, boolean])[] = [
  ["/n/node_modules/figma-console-mcp/dist/local.js", true],
  ["/n/.pnpm/figma-console-mcp@1/node_modules/figma-console-mcp/x.js", true],
  ["C:\\n\\node_modules\\figma-console-mcp\\dist\\local.js", true],
  ["/home/u/figma-console-mcp/dist/local.js", true],
  ["/n/node_modules/other/figma-console-mcp.js", false],
  ["/n/figma-console-mcp/node_modules/other/x.js", false],
];

for (const [path, isSeen] of paths) {
  Deno.test(`node ${path} is ${isSeen ? "" : "not "}taken for the package`, () => {
    const [{ rule }] = recognise([{ key: "x", command: "node", args: [path] }], catalogue);
    assert.equal(rule?.name, isSeen ? "figma-console" : undefined);
  });
}

for (
  const [isSeen, cwd, command, ...args] of [
    [true, "/home/u/figma-console-mcp", "node", "dist/local.js"],
    [true, "/home/u/figma-console-mcp/", "node", "."],
    [true, "/home/u/figma-console-mcp/dist", "node", "../dist/local.js"],
    [true, "/home/u/figma-console-mcp", "npm", "start"],
    [true, "/home/u/figma-console-mcp", "./run.sh"],
    [false, "/home/u/figma-console-mcp", "npx", "other"],
    [false, "/home/u/figma-console-mcp", "other"],
    [false, "/home/u/figma-console-mcp", "node", "/elsewhere/x.js"],
  ] as const
) {
  Deno.test(`${command} ${args.join(" ")} in ${cwd} is ${isSeen ? "" : "not "}the package`, () => {
    const [{ rule }] = recognise([{ key: "x", command, args, cwd }], catalogue);
    assert.equal(rule?.name, isSeen ? "figma-console" : undefined);
  });
}

Deno.test("a key alone speaks for a server that cannot be seen otherwise", () => {
  const [found] = recognise(
    [{ key: "agentation", command: "/home/u/start.sh", args: ["server"] }],
    catalogue,
  );
  assert.equal(found.rule?.name, "agentation");
  assert.equal(found.by, "key");
  assert.equal(found.isPortOnly, false);
});

Deno.test("a key says nothing of a package that is another", () => {
  const [found] = recognise(
    [{ key: "agentation", command: "npx", args: ["something-else"] }],
    catalogue,
  );
  assert.equal(found.rule, undefined);
});

Deno.test("a name of the six over an unknown package or a container reserves the port alone", () => {
  for (const [command, ...args] of [["npx", "my-memory"], ["docker", "run", "memory"]]) {
    const [found] = recognise([{ key: "memory", command, args }], catalogue);
    assert.deepEqual([found.tool, found.by, found.isPortOnly], ["memory", "key", true]);
  }
});
