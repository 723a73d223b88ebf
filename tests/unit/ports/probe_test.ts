import assert from "node:assert/strict";
import { findAllocation } from "../../../src/ports/find_range.ts";
import { findBusy } from "../../../src/ports/probe.ts";
import { defaultLayout } from "../../../src/settings/port_layout.ts";
import { onlyOn } from "../../programs.ts";

const isElsewhere = onlyOn("linux", "darwin");

for (const hostname of ["127.0.0.1", "0.0.0.0", "::1", "::"]) {
  Deno.test(`a listener on ${hostname} is found`, async () => {
    using listener = Deno.listen({ hostname, port: 0 });
    const { port } = listener.addr;
    assert.deepEqual(await findBusy([port]), new Set([port]));
  });
}

Deno.test("a port on which nothing listens any more is free", async () => {
  const port = freePort();
  assert.deepEqual(await findBusy([port]), new Set());
});

Deno.test("two probes of one port at once do not take each other for listeners", async () => {
  const port = freePort();
  const found = await Promise.all([findBusy([port]), findBusy([port])]);
  assert.ok(found.every((busy) => busy.size === 0));
});

Deno.test("a listener that hangs with its queue full is found, and does not hang the probe", {
  ignore: isElsewhere,
}, async () => {
  const script = `require("net").createServer().listen({ host: "127.0.0.1", port: 0, backlog: 1 },
    function () { console.log(this.address().port) }); setTimeout(() => {}, 60000).unref()`;
  const server = new Deno.Command("node", { args: ["-e", script], stdout: "piped" }).spawn();
  const reader = server.stdout.getReader();
  const port = Number(new TextDecoder().decode((await reader.read()).value));
  server.kill("SIGSTOP");
  const waiting = new AbortController();
  const { signal } = waiting;
  const queue = Array.from(
    { length: 5 },
    () => Deno.connect({ port, signal }).then((connection) => connection.close(), () => {}),
  );
  try {
    assert.deepEqual(await findBusy([port]), new Set([port]));
  } finally {
    waiting.abort();
    await Promise.all(queue);
    server.kill("SIGKILL");
    await server.status;
    await reader.cancel();
  }
});

Deno.test("the range of a busy port is passed over, and no port is probed twice", async () => {
  const asked: number[] = [];
  const { range } = await findAllocation(
    { layout: defaultLayout, taken: [], wanted: [] },
    undefined,
    (ports) => {
      asked.push(...ports);
      return Promise.resolve(new Set(ports.filter((port) => port === 9010 || port === 9160)));
    },
  );
  assert.equal(range.base, 9200);
  assert.equal(new Set(asked).size, asked.length);
});

Deno.test("listeners in the range of an instance that runs are its own", async () => {
  const { range } = await findAllocation(
    { layout: defaultLayout, taken: [], wanted: [] },
    { base: 9000, size: 100 },
    (ports) => Promise.resolve(new Set(ports.filter((port) => port === 9010))),
  );
  assert.equal(range.base, 9000);
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
