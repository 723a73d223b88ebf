import assert from "node:assert/strict";
import {
  addressCandidates,
  flagCandidates,
  type PackageText,
  variableCandidates,
} from "../../../src/learn/candidates.ts";

const text = (files: readonly string[], help = "", name = "x"): PackageText => ({
  name,
  files,
  help,
});

const variables = (given: PackageText, bound: readonly number[]) =>
  variableCandidates(given, bound).map(({ variables }) => variables![0]);

/** What stands in a file, and the variable that is to come first. */
const firsts: readonly (readonly [string, string])[] = [
  ["const p = Number(process.env.BRIDGE_PORT || 9876);", "BRIDGE_PORT"],
  ['const p = process.env["BRIDGE_PORT"] ?? "9876"', "BRIDGE_PORT"],
  ["const { env } = process; listen(env.BRIDGE_PORT || 9876)", "BRIDGE_PORT"],
  ['port = int(os.environ.get("BRIDGE_PORT", "9876"))', "BRIDGE_PORT"],
  ['port = int(os.environ["BRIDGE_PORT"]) # 9876', "BRIDGE_PORT"],
  ['port = os.getenv("BRIDGE_PORT", 9876)', "BRIDGE_PORT"],
  ['Deno.env.get("BRIDGE_PORT") ?? 9876', "BRIDGE_PORT"],
  ["const e={port:z.BRIDGE_PORT.default(9876)}", "BRIDGE_PORT"],
  ["const LISTEN = process.env.BRIDGE_LISTEN_ON || '9876'", "BRIDGE_LISTEN_ON"],
];

for (const [file, name] of firsts) {
  Deno.test(`${JSON.stringify(file)} names ${name} first`, () => {
    const far = `${"/".repeat(500)} process.env.OTHER_PORT`;
    assert.equal(variables(text([file + far]), [9876])[0], name);
  });
}

Deno.test("a variable near the number comes before others, and the usual ones come last", () => {
  const far = " ".repeat(400);
  const file = `process.env.AWAY_PORT${far}process.env.NEAR_PORT || 3e3${far}process.env.AWAY_PORT`;
  assert.deepEqual(
    variables(text([file], "", "figma-ws-bridge"), [3000]).slice(0, 4),
    ["NEAR_PORT", "AWAY_PORT", "FIGMA_WS_BRIDGE_PORT", "WS_BRIDGE_PORT"],
  );
});

Deno.test("what holds no port of its own is no candidate", () => {
  const file =
    "process.env.MCP_PORT process.env.NODE_PORT SUPPORT EXPORT MCP_TRANSPORT VIEWPORT 9876";
  const found = variables(text([file]), [9876]);
  for (const name of ["MCP_PORT", "NODE_PORT", "SUPPORT", "EXPORT", "MCP_TRANSPORT", "VIEWPORT"]) {
    assert(!found.includes(name), name);
  }
});

Deno.test("there are never more candidates than can be tried", () => {
  const file = Array.from({ length: 500 }, (_, i) => `process.env.A${i}_PORT 9876`).join("\n");
  assert.equal(variableCandidates(text([file]), [9876]).length, 24);
  const flags = Array.from({ length: 500 }, (_, i) => `--a${i}-port`).join(" ");
  assert.equal(flagCandidates(text([], flags), [9876], []).length, 8);
});

Deno.test("an address is a candidate where the number stands in it alone", () => {
  const file = 'const url = process.env.CANVAS_SERVER_URL || "http://localhost:3000";' +
    " ".repeat(400) + "process.env.OTHER_URL";
  assert.deepEqual(addressCandidates(text([file]), [3000]), [
    { variables: ["CANVAS_SERVER_URL"], value: "http://127.0.0.1:{port}" },
  ]);
});

Deno.test("a flag of the help comes first, and behind the subcommand before it comes alone", () => {
  const found = flagCandidates(
    text(['.option("--other-port <n>")'], "  --proxy-port int  Port (default 20000)"),
    [9876],
    ["server", "--verbose"],
  );
  assert.deepEqual(found.slice(0, 4), [
    { flag: "--proxy-port", after: "server" },
    { flag: "--proxy-port" },
    { flag: "--proxy-port", syntax: "equals" },
    { flag: "--other-port", after: "server" },
  ]);
});

Deno.test("a flag that only sounds like a port is none", () => {
  const found = flagCandidates(text(["--transport --import --export"], "--report FILE"), [1], []);
  assert.deepEqual([...new Set(found.map(({ flag }) => flag))], ["--port", "--ws-port", "-p"]);
});
