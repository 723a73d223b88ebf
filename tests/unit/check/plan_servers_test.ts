import assert from "node:assert/strict";
import { commandFor, variablesFor } from "../../../src/check/plan_servers.ts";
import { parseConfig } from "../../../src/config/config_text.ts";

/** The one entry of a config with these variables. */
function entryWith(env: Record<string, string>) {
  const server = { command: "server", args: ["-x"], env };
  return parseConfig(JSON.stringify({ mcpServers: { server } }), "a test", "damaged").entries[0];
}

Deno.test("a server gets six variables of the app and those of its entry", () => {
  const app: Record<string, string> = { PATH: "/usr/bin", HOME: "/home/u", TOKEN: "of the app" };
  const entry = entryWith({ KEY: "1", PATH: "/own" });
  const variables = variablesFor(app, entry);
  assert.deepEqual(variables, { PATH: "/own", HOME: "/home/u", KEY: "1" });
  assert.deepEqual(commandFor(entry), ["server", "-x"]);
});

Deno.test("variables of the dynamic linker go to the server alone", () => {
  const entry = entryWith({ LD_LIBRARY_PATH: "/cuda/lib", KEY: "1" });
  assert.deepEqual(variablesFor({}, entry), { KEY: "1" });
  assert.deepEqual(commandFor(entry), ["env", "LD_LIBRARY_PATH=/cuda/lib", "server", "-x"]);
});
