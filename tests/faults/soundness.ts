/**
 * What must hold at any time, whatever went wrong before.
 *
 * @module
 */
import assert from "node:assert/strict";
import { overlaps } from "../../src/ports/layout.ts";
import { type Home, succeeded } from "../e2e/harness.ts";
import { ownConfig, type Scenario } from "./scenarios.ts";

/** Makes two instances with files and a config of a person's. */
export async function prepare(home: Home, { before }: Scenario): Promise<void> {
  await home.ok("create", "other");
  succeeded(await home.run(["create", "work", "--import", "-"], { stdin: ownConfig }));
  await home.write("sandboxes/work/Documents/thesis.txt", "mine");
  await home.write("sandboxes/other/Documents/letter.txt", "mine too");
  await before?.(home);
}

/** How things stand for a person: names, ranges, ports, and every config. */
export async function outcome(home: Home): Promise<unknown> {
  const { instances } = await home.json("list");
  const configs: Record<string, unknown> = {};
  for (const { instance } of instances) {
    configs[instance] = JSON.parse(await home.read(home.config(instance)));
  }
  return { instances, configs };
}

/** Checks that registries are whole, no range is given twice, and nothing of the person's is lost. */
export async function checkSound(home: Home, scenario: Scenario, at: string): Promise<void> {
  const { instances } = await home.json("list");
  const ranges = instances.flatMap((one: { range: object | null }) => one.range ?? []);
  for (const [i, range] of ranges.entries()) {
    for (const other of ranges.slice(i + 1)) assert.ok(!overlaps(range, other), `no overlap ${at}`);
  }
  const files = await allFiles(home);
  const contents = [...files.values()];
  assert.ok(contents.includes("mine too"), `the other's letter is there ${at}`);
  if (scenario.deletes) return;
  assert.ok(contents.includes("mine"), `the thesis is there ${at}`);
  const config = [...files].find(([path]) =>
    /\/work[^/]*(\/|$)/.test(path) && path.endsWith("/claude_desktop_config.json")
  );
  assert.ok(config, `the config is there ${at}`);
  const { mcpServers, ...rest } = JSON.parse(config[1]);
  const own = JSON.parse(ownConfig);
  assert.deepEqual(rest, { globalShortcut: own.globalShortcut, preferences: own.preferences });
  assert.deepEqual(mcpServers.mine.args, own.mcpServers.mine.args);
  assert.equal(mcpServers.mine.env.KEY, "value");
}

async function allFiles(home: Home): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [path, content] of Object.entries(await home.snapshot())) {
    if (!path.endsWith("/")) found.set(path, content.slice(content.indexOf(" ") + 1));
  }
  return found;
}
