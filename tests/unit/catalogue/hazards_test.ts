import assert from "node:assert/strict";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import { hazardWarnings, type Watched } from "../../../src/catalogue/hazards.ts";

const npx = (key: string, ...args: string[]): Watched => ({ key, command: "npx", args });
const browser = npx("browser", "@browsermcp/mcp@latest");

function warnings(entries: Watched[], others: Record<string, Watched[]> = {}): string[] {
  return hazardWarnings({ entries, others: new Map(Object.entries(others)), rules: catalogue });
}

Deno.test("one browsermcp is fine; a second one is a warning on both sides", () => {
  assert.deepEqual(warnings([browser], { home: [npx("m", "mcp-remote", "u")] }), []);
  const [said, ...more] = warnings([browser], { home: [npx("b", "@browsermcp/mcp")] });
  assert.deepEqual(more, []);
  assert.match(said, /"browser" always takes port 9009 and kills .* "home" has it too/);
});

Deno.test("a second one in the same config is a warning", () => {
  assert.equal(warnings([browser, npx("again", "@browsermcp/mcp")]).length, 2);
});

Deno.test("two servers with the same immovable port are a warning", () => {
  const entry = npx("r", "robloxstudio-mcp");
  assert.match(warnings([entry], { home: [entry] })[0], /cannot be moved from port 3002/);
});

Deno.test("servers that can be moved are no matter, however many there are", () => {
  const entry = npx("g", "@shinzolabs/gmail-mcp");
  assert.deepEqual(warnings([entry], { home: [entry], away: [entry] }), []);
});

Deno.test("an entry that makes its server leave stdio is a warning", () => {
  assert.match(warnings([npx("p", "@playwright/mcp", "--port", "8931")])[0], /has --port$/);
  assert.match(warnings([npx("p", "@playwright/mcp", "--port=8931")])[0], /has --port$/);
  const entry = { ...npx("p", "@playwright/mcp"), variables: ["PLAYWRIGHT_MCP_PORT"] };
  assert.match(warnings([entry])[0], /has PLAYWRIGHT_MCP_PORT$/);
  assert.deepEqual(warnings([npx("p", "@playwright/mcp", "--headless")]), []);
});

Deno.test("a container's ports are its own", () => {
  const entry = { key: "browsermcp", command: "docker", args: ["run", "browsermcp"] };
  assert.deepEqual(warnings([entry], { home: [entry] }), []);
});

Deno.test("a rule of the user's that says no more than that a server is alone is enough", () => {
  const hazards = [{ kind: "exclusive" as const, text: "ends the other" }];
  const rules = [{ name: "mine", packages: ["p"], hazards, source: "" }];
  const facts = { entries: [npx("a", "p")], others: new Map([["home", [npx("b", "p")]]]), rules };
  assert.match(hazardWarnings(facts)[0], /^"a" ends the other, and "home" has it too/);
});

Deno.test("a port that its rule could move is told of where the way it is started forbids it", () => {
  const entry = { key: "relay", command: "bash", args: ["-c", "npx @mcp-b/webmcp-local-relay"] };
  const [alone] = warnings([entry]);
  assert.match(
    alone,
    /^The port of "relay" stays as it is: it can be moved only by --port N, and its/,
  );
  const [, second] = warnings([entry], { home: [entry] });
  assert.match(second, /cannot be moved from port 9333, and "home" has it too/);
});
