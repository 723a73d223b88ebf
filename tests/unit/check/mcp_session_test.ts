import assert from "node:assert/strict";
import { openMcpSession } from "../../../src/check/mcp_session.ts";

/** A server that answers each request by its method, and the pages of a list one by one. */
function server(answers: Record<string, unknown>, pages: readonly unknown[]) {
  const toServer = new TransformStream<Uint8Array, Uint8Array>();
  const fromServer = new TransformStream<Uint8Array, Uint8Array>();
  const work = (async () => {
    const writer = fromServer.writable.getWriter();
    for await (const text of toServer.readable.pipeThrough(new TextDecoderStream())) {
      for (const line of text.trim().split("\n")) {
        const { id, method, params } = JSON.parse(line);
        if (id === undefined) continue;
        const result = answers[method] ?? pages[Number(params?.cursor ?? 0)];
        const message = { jsonrpc: "2.0", id, result };
        await writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
      }
    }
    await writer.close();
  })();
  return { streams: { stdin: toServer.writable, stdout: fromServer.readable }, work };
}

const initialize = {
  protocolVersion: "2025-06-18",
  capabilities: { tools: {} },
  serverInfo: { name: "s", version: "1" },
};

Deno.test("no code is made of the schemas that a server sends", async () => {
  // The client's own validator cannot compile this, and so would fail.
  const tool = {
    name: "a",
    inputSchema: { type: "object" },
    outputSchema: { type: "object", $ref: "#/no/such/place" },
  };
  const { streams, work } = server({ initialize }, [{ tools: [tool] }]);
  const session = openMcpSession(streams, 10_000);
  assert.deepEqual(await session.introduction, { name: "s", version: "1", tools: ["a"] });
  await session.close();
  await work;
});

Deno.test("tools are counted over all pages of the list", async () => {
  const tool = (name: string) => ({ name, inputSchema: { type: "object" } });
  const { streams, work } = server({ initialize }, [
    { tools: [tool("a"), tool("b")], nextCursor: "1" },
    { tools: [tool("c")] },
  ]);
  const session = openMcpSession(streams, 10_000);
  assert.deepEqual((await session.introduction).tools, ["a", "b", "c"]);
  await session.close();
  await work;
});
