import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { type Binding, servers, type Untouched } from "./binding_servers.ts";
import { entryOf, install, type Installed } from "./packages.ts";
import { cannotPlay, play } from "./play.ts";
import type { Came } from "./scenario.ts";

for (const one of await install(servers)) {
  const server = one.server as Binding;
  const named = `${server.name} ${server.version}`;
  Deno.test({
    name: `two of ${named} as nobody has moved them are no good: the second ${server.untouched}`,
    ignore: cannotPlay || one.fault !== undefined,
    fn: () => failsUntouched(one, server),
  });
}

async function failsUntouched(one: Installed, server: Binding): Promise<void> {
  await using home = await Home.create();
  const own: Record<string, string> = server.reaps ? { TMPDIR: home.path } : {};
  const starts = ["one", "two"].map((instance) => {
    const entry = entryOf(one, home.path, instance);
    return { ...entry, env: { ...entry.env, ...own } };
  });
  const secondOpensNone = server.untouched === "has no port";
  const scenario = { starts, oneByOne: true, expected: server.ports, secondOpensNone };
  const came = await play(scenario, home.path);
  assert.notEqual(came[0].tools, null, `${came[0].error}`);
  const found = whatCame(came);
  const isKnown = found === server.untouched || found === server.whenLate;
  assert(isKnown, `${found}: ${JSON.stringify(came)}`);
}

function whatCame([first, second]: readonly Came[]): Untouched | "fits" {
  if (second.tools === null) return "fails";
  if (second.ports.length === 0) return "has no port";
  const [next] = second.ports;
  return first.ports.some((port) => next > port && next < port + 10) ? "takes the next" : "fits";
}
