import assert from "node:assert/strict";
import { type PortSnapshot, portStateOf } from "../../../src/reports/ports.ts";

const listener = (port: number, pid: number | null) => ({
  port,
  address: "127.0.0.1",
  pid,
  command: pid === null ? null : "node",
});

const snapshot: PortSnapshot = {
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
  const state = (port: number) => portStateOf(port, "work", snapshot).state;
  assert.deepEqual([1, 2, 3, 7].map(state), ["own", "instance", "foreign", "free"]);
  assert.equal(portStateOf(2, "work", snapshot).holder?.instance, "home");
});

Deno.test("a listener whose process the system does not name is a stranger without a holder", () => {
  assert.deepEqual(portStateOf(4, "work", snapshot), { state: "foreign", holder: null });
  assert.deepEqual(portStateOf(6, "work", snapshot), { state: "foreign", holder: null });
});

Deno.test("of two who listen, the stranger counts", () => {
  assert.equal(portStateOf(5, "work", snapshot).holder?.pid, 30);
});

Deno.test("an unassigned port on which an instance listens is that instance's", () => {
  const { state, holder } = portStateOf(1, undefined, snapshot);
  assert.deepEqual([state, holder?.instance], ["instance", "work"]);
});
