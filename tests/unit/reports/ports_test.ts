import assert from "node:assert/strict";
import { judgePort, type Sight } from "../../../src/reports/ports.ts";

const listener = (port: number, pid: number | null) => ({
  port,
  address: "127.0.0.1",
  pid,
  command: pid === null ? null : "node",
});

const sight: Sight = {
  listeners: [
    listener(1, 10),
    listener(2, 20),
    listener(3, 30),
    listener(4, null),
    // Two processes on one port, at two addresses.
    listener(5, 10),
    listener(5, 30),
  ],
  busy: new Set([6]),
  instanceOf: (pid) => ({ 10: "work", 20: "home" } as Record<number, string>)[pid],
};

Deno.test("a port is its instance's own, another instance's, a stranger's, or free", () => {
  const state = (port: number) => judgePort(port, "work", sight).state;
  assert.deepEqual([1, 2, 3, 7].map(state), ["own", "instance", "foreign", "free"]);
  assert.equal(judgePort(2, "work", sight).holder?.instance, "home");
});

Deno.test("a listener whose process the system does not name is a stranger without a holder", () => {
  assert.deepEqual(judgePort(4, "work", sight), { state: "foreign", holder: null });
  assert.deepEqual(judgePort(6, "work", sight), { state: "foreign", holder: null });
});

Deno.test("of two who listen, the stranger counts", () => {
  assert.equal(judgePort(5, "work", sight).holder?.pid, 30);
});

Deno.test("a port of nobody that an instance holds is that instance's", () => {
  const { state, holder } = judgePort(1, undefined, sight);
  assert.deepEqual([state, holder?.instance], ["instance", "work"]);
});
