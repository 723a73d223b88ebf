import assert from "node:assert/strict";
import { recognise } from "../../../src/catalogue/recognise.ts";
import type { PortRule } from "../../../src/catalogue/rule.ts";
import { adviceFor } from "../../../src/check/learn_advice.ts";
import type { OpenPort } from "../../../src/check/open_ports.ts";

const entry = { key: "b", command: "npx", args: ["bridge-mcp"] };
const learnt = { package: "bridge-mcp", version: "1.0.0", date: "2026-01-31" };

const server = (open: readonly OpenPort[], ports?: readonly PortRule[]) => {
  const rule = { name: "bridge", packages: ["bridge-mcp"], ports, learnt, source: "" };
  const [recognised] = recognise([entry], ports === undefined ? [] : [rule]);
  return { recognised, entry, ports: open };
};
const at = (port: number, place: OpenPort["place"]) => ({ port, addresses: ["*"], place });
const movable = { default: 80, variables: ["P"] };

/** What is seen of a server, its rule, the version of its package, and what is advised. */
const cases: Record<
  string,
  readonly [ReturnType<typeof server>, string | undefined, RegExp | null]
> = {
  "all is as it should be": [server([at(9010, "range")], [movable]), "1.0.0", null],
  "a server without a rule listens inside": [server([at(9010, "range")]), undefined, null],
  "a server without a rule listens outside": [
    server([at(80, "outside"), at(9010, "range")]),
    undefined,
    /outside the range, on 80; .*cmgr learn work b$/,
  ],
  "a pinned port is no surprise": [server([at(80, "pinned")]), undefined, null],
  "its rule says that it stays there": [
    server([at(80, "outside")], [{ default: 80 }]),
    "2.0.0",
    null,
  ],
  "its rule says that it varies": [server([at(81, "outside")], [{}]), "1.0.0", null],
  "another version listens elsewhere": [
    server([at(81, "outside")], [movable]),
    "2.0.0",
    /^bridge-mcp 2\.0\.0 differs from 1\.0\.0, .*: it listens on 81; .*cmgr learn work b$/,
  ],
  "another version opens nothing any more": [
    server([], [movable]),
    "2.0.0",
    /^bridge-mcp 2\.0\.0 differs from 1\.0\.0, .*: it opens no port; /,
  ],
  "the same version opens nothing": [server([], [movable]), "1.0.0", null],
  "a quiet one binds now": [server([at(81, "outside")], []), "2.0.0", /2\.0\.0 differs from 1/],
};

for (const [name, [given, version, advice]] of Object.entries(cases)) {
  Deno.test(`learning is advised by what a check sees: ${name}`, () => {
    const found = adviceFor("work", given, version);
    if (advice === null) assert.equal(found, null);
    else assert.match(found ?? "", advice);
  });
}
