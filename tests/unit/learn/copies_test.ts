import assert from "node:assert/strict";
import { type Pair, verdict } from "../../../src/learn/copies.ts";

const on = (pid: number, ...ports: number[]) =>
  ports.map((port) => ({ port, pid, address: "127.0.0.1", command: "node" }));

const fine: Pair = {
  firstAnswered: true,
  secondAnswered: true,
  firstEnded: false,
  secondEnded: false,
  before: on(1, 80),
  after: on(1, 80),
};

/** What was seen of two copies, and what it means. */
const cases: Record<string, readonly [Partial<Pair>, string | undefined]> = {
  "the second ends, with an answer or not": [{ secondEnded: true }, "exits"],
  "the second says nothing and ends": [{ secondAnswered: false, secondEnded: true }, "exits"],
  "the second says nothing and stays": [{ secondAnswered: false }, undefined],
  "the first ends": [{ firstEnded: true, after: on(2, 80) }, "kills the first"],
  "the port has another owner": [{ after: on(2, 80) }, "kills the first"],
  "the first ends, the second too": [{ firstEnded: true, secondEnded: true }, "kills the first"],
  "another port is open": [{ after: [...on(1, 80), ...on(2, 81)] }, "takes next port"],
  "both listen on one port": [{ after: [...on(1, 80), ...on(2, 80)] }, "shares"],
  "nothing is new": [{}, "attaches"],
  "the first said nothing": [{ firstAnswered: false }, undefined],
};

for (const [name, [pair, kind]] of Object.entries(cases)) {
  Deno.test(`a second copy is told by what is seen: ${name}`, () => {
    assert.equal(verdict({ ...fine, ...pair }).kind, kind);
  });
}
