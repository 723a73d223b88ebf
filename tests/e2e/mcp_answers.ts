/**
 * The end of a small server's code, which has `say`: it answers as an MCP server with one tool, and
 * ends with its input.
 */
export function answers(name: string, tool: string): string {
  return `require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize") {
    say({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} },
      serverInfo: { name: "${name}", version: "1" } } });
  }
  if (method === "tools/list") {
    say({ id, result: { tools: [{ name: "${tool}", inputSchema: { type: "object" } }] } });
  }
}).on("close", () => process.exit());`;
}
