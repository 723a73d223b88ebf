import assert from "node:assert/strict";
import { clashAdvice, joinCopies } from "../../../src/check/copies.ts";
import { type ServerState, silentReport } from "../../../src/check/result.ts";
import type { CopyOutcome } from "../../../src/check/start_servers.ts";

const about = { key: "it", tool: "it", rule: undefined };

function answered(...ports: number[]): CopyOutcome {
  const report = { ...silentReport(about, "answered", ""), answered: true, reason: null };
  const open = ports.map((port) => ({ port, addresses: ["::"], place: "range" as const }));
  return { report: { ...report, ports: open } };
}

function failed(reason: string, takenPort?: number | null): CopyOutcome {
  return { report: silentReport(about, "broken", reason), takenPort };
}

const inUse = "listen EADDRINUSE (it ended with exit code 1)";

const cases: readonly (readonly [string, CopyOutcome, CopyOutcome, ServerState, RegExp?])[] = [
  ["both answer", answered(9100), answered(9101), "answered"],
  ["the second attaches itself", answered(9100), answered(), "answered"],
  ["the second finds the port of the first taken", answered(3000), failed(inUse, 3000), "clash"],
  ["the first finds the port of the second taken", failed(inUse, 3000), answered(3000), "clash"],
  ["a port is taken, and nobody says which", answered(3000), failed(inUse, null), "clash"],
  ["something else has the port", answered(3000), failed(inUse, 3001), "broken", /^copy 2: listen/],
  ["something else has the port of both", failed(inUse, 3000), failed(inUse, 3000), "broken"],
  [
    "the second ends the first",
    failed("it ended with signal SIGKILL, and wrote nothing"),
    answered(9009),
    "clash",
    /^copy 1: a clash: the other copy ended it/,
  ],
  [
    "the second ends the first, in bubblewrap",
    failed("stopping (it ended with exit code 143)"),
    answered(9009),
    "clash",
  ],
  ["the second fails by itself", answered(), failed("no key"), "broken", /^copy 2: no key$/],
  [
    "the second crashes",
    answered(),
    failed("it ended with signal SIGSEGV, and wrote nothing"),
    "broken",
  ],
];

for (const [name, first, second, state, reason] of cases) {
  Deno.test(`of two copies, ${name}: ${state}`, () => {
    const found = joinCopies([first, second], "silent", "do this");
    assert.equal(found.state, state);
    assert.equal(found.answered, state === "answered");
    assert.equal(found.reason === null, found.answered);
    if (reason) assert.match(found.reason ?? "", reason);
    assert.deepEqual(found.copies.map(({ copy }) => copy), [1, 2]);
    assert.equal(found.probe, "silent");
    assert.equal(found.advice, state === "clash" ? "do this" : null);
  });
}

Deno.test("the copies of a server have its ports together, each once, the lowest first", () => {
  const { ports } = joinCopies([answered(9101, 9100), answered(9100, 9102)], "answered", "");
  assert.deepEqual(ports.map(({ port }) => port), [9100, 9101, 9102]);
});

Deno.test("what to do about a clash depends on what is known of the server", () => {
  const rule = { name: "it", packages: [], source: "test" };
  const known = { key: "it", rule, ports: [{ variables: ["PORT"] }] };
  assert.match(clashAdvice("work", known, false), /: cmgr mcp work --ports$/);
  assert.match(clashAdvice("work", { ...about, ports: [] }, true), /: cmgr learn work it$/);
  assert.match(clashAdvice("work", known, true), /"secondCopy": "exits"/);
  const fixed = { ...known, ports: [{ default: 9009 }] };
  assert.match(clashAdvice("work", fixed, true), /^No way is known to move its port/);
});
