/**
 * What must hold at any time, even after a failure.
 *
 * @module
 */
import assert from "node:assert/strict";
import { overlaps } from "../../src/ports/layout.ts";
import { type Home, succeeded } from "../e2e/harness.ts";
import { runInProcess } from "./bounded.ts";
import { ownConfig, type Scenario } from "./scenarios.ts";

/** Makes two instances with files and a config of a person's. */
export async function prepare(home: Home, { before }: Scenario): Promise<void> {
  succeeded(await runInProcess(home, ["create", "other"]));
  succeeded(await runInProcess(home, ["create", "work", "--import", "-"], { stdin: ownConfig }));
  await home.write("sandboxes/work/Documents/thesis.txt", "mine");
  await home.write("sandboxes/other/Documents/letter.txt", "mine too");
  await before?.(home);
}

/** What a user sees: names, ranges, ports, and every config. */
export interface Outcome {
  // deno-lint-ignore no-explicit-any
  readonly instances: any[];
  readonly configs: Record<string, unknown>;
}

/**
 * Checks that registries are whole, no range is given twice, and nothing of the person's is lost.
 *
 * @returns What a user sees
 */
export async function checkSound(home: Home, scenario: Scenario, at: string): Promise<Outcome> {
  const listed = succeeded(await runInProcess(home, ["list", "--json"]), [at]);
  const { instances } = JSON.parse(listed.stdout);
  const ranges = instances.flatMap((one: { range: object | null }) => one.range ?? []);
  for (const [i, range] of ranges.entries()) {
    for (const other of ranges.slice(i + 1)) assert.ok(!overlaps(range, other), `no overlap ${at}`);
  }
  const files = await allFiles(home);
  checkOwnFiles(files, scenario, at);
  const configs: Record<string, unknown> = {};
  for (const { instance } of instances) {
    const text = files.get(home.config(instance));
    configs[instance] = text && JSON.parse(text);
  }
  return { instances, configs };
}

/** Checks that no temporary file and no half a sandbox is left, but for such a one in the trash. */
export async function checkTidy(home: Home, at: string): Promise<void> {
  const left = Object.keys(await home.snapshot()).filter((path) =>
    /\.tmp$|\.(creating|removing)\/|\.cmgr\/creating\/./.test(path) &&
    !/^\.cmgr\/trash\/leftover-[^/]*\/sandbox\//.test(path)
  );
  assert.deepEqual(left, [], `nothing is left over ${at}`);
}

function checkOwnFiles(files: ReadonlyMap<string, string>, scenario: Scenario, at: string): void {
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
