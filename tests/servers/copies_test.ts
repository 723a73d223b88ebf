import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { isMissing } from "../programs.ts";
import { type EntryJson, entryOf, install, type Installed, npxEntryOf } from "./packages.ts";
import { cannotPlay, play } from "./play.ts";
import type { Start } from "./scenario.ts";

const ignore = cannotPlay || isMissing("flock", "util-linux");

/** Servers of which a second copy cannot run beside the first. */
const installed = await install([
  { name: "@shinzolabs/gmail-mcp", version: "1.7.4", file: "dist/index.js" },
  { name: "agentation-mcp", version: "1.3.2", file: "dist/cli.js", args: ["server"] },
]);

for (const one of installed) {
  const named = `${one.server.name} ${one.server.version}`;
  Deno.test({
    name: one.fault === undefined
      ? `two copies of ${named} answer in each of two instances at once`
      : `${named} does not install any more: ${one.fault}`,
    ignore: ignore || one.fault !== undefined,
    fn: () => runTwice(one),
  });
}

Deno.test({
  name: "at least one server of which a second copy exits was run",
  ignore,
  fn: () => assert(installed.some(({ fault }) => fault === undefined)),
});

async function runTwice(one: Installed): Promise<void> {
  await using home = await Home.create();
  const starts: Start[] = [];
  const wanted: number[][] = [];
  const written: EntryJson[] = [];
  for (const [instance, entry] of [["one", entryOf], ["two", npxEntryOf]] as const) {
    const config = JSON.stringify({ mcpServers: { it: entry(one, home.path, instance) } });
    await home.run(["create", instance, "--import", "-"], { stdin: config });
    const { it } = (await home.readJson(home.config(instance))).mcpServers;
    const [{ ports, copyPorts }] = (await home.json("tools", "--instance", instance)).tools;
    written.push(it);
    for (const _ of ["chat", "code"]) {
      starts.push({ ...it, cwd: one.folder });
      wanted.push([...ports, ...copyPorts]);
    }
  }
  const came = await play({ starts, oneByOne: false, expected: 1 }, home.path);
  for (const [i, { tools, error, ports }] of came.entries()) {
    assert(tools !== null && tools > 0, `${i}: ${error}`);
    assert.equal(ports.length, 1, `copy ${i} listens on ${ports}`);
    assert(wanted[i].includes(ports[0]), `${ports} is none of ${wanted[i]}`);
  }
  assert.equal(new Set(came.flatMap(({ ports }) => ports)).size, 4, "no two have one port");

  // The same without the script: the second copy fails, or has no port.
  const [{ args, env }] = written;
  const { CMGR_COPY_COMMAND: command, ...rest } = env!;
  const [first, second] = await play({
    starts: [1, 2].map(() => ({ command, args, env: rest, cwd: one.folder })),
    oneByOne: true,
    expected: 1,
    secondOpensNone: true,
  }, home.path);
  assert.notEqual(first.tools, null, `${first.error}`);
  assert(second.tools === null || second.ports.length === 0, JSON.stringify(second));
}
