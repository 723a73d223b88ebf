import assert from "node:assert/strict";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import { placePorts, portsExpected } from "../../../src/check/open_ports.ts";
import type { Listener } from "../../../src/ports/listeners.ts";
import { recognise } from "../../../src/catalogue/recognise.ts";

const on = (port: number, address = "127.0.0.1"): Listener => ({
  port,
  address,
  pid: 7,
  command: "node",
});
const allocation = {
  range: { base: 9000, size: 100 },
  offsets: new Map([["gmail", [80]]]),
  pins: new Map([["gmail", [3000]]]),
};

Deno.test("a port is in the range, pinned, or outside", () => {
  const places = placePorts([on(9101), on(3000), on(9099), on(3001)], allocation);
  assert.deepEqual(places.map(({ port, place }) => [port, place]), [
    [3000, "pinned"],
    [3001, "outside"],
    [9099, "range"],
    [9101, "outside"],
  ]);
});

Deno.test("a port at two addresses is one port", () => {
  assert.deepEqual(placePorts([on(9010, "[::1]"), on(9010), on(9010)], allocation), [
    { port: 9010, addresses: ["127.0.0.1", "[::1]"], place: "range" },
  ]);
});

Deno.test("without port management every port is outside", () => {
  assert.equal(placePorts([on(9010)], undefined)[0].place, "outside");
});

Deno.test("what a rule promises is waited for, what it opens at times only is not", () => {
  const expected = (...args: string[]) => {
    const launch = { key: "k", command: "npx", args };
    return portsExpected(recognise([launch], catalogue)[0], launch);
  };
  assert.equal(expected("godot-mcp-server"), 2);
  assert.equal(expected("agentation-mcp", "server"), 1);
  assert.equal(expected("agentation-mcp", "init"), 0);
  assert.equal(expected("mcp-remote", "https://example.com"), 0);
  assert.equal(expected("unknown"), 0);
});
