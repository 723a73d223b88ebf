import assert from "node:assert/strict";
import { installPackages } from "../desktop/packages.ts";
import { Home } from "../e2e/harness.ts";
import { installPacked, rules, type Way } from "./packed.ts";
import { cannotPlay, play } from "./play.ts";
import type { Start } from "./scenario.ts";

const folder = cannotPlay ? "" : await installPacked();
if (folder !== "") {
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
}
const pnpm = cannotPlay ? "" : await installPackages("pnpm", ["pnpm@9.15.9"])
  .then((installed) => `${installed}/node_modules/.bin/pnpm`, () => "");

const both: readonly Way[] = ["flag", "variable"];
const byVariable: readonly Way[] = ["variable"];

/** `P` is the package, `B` its program, `S` its script; by which ways its port is moved. */
const shapes: readonly (readonly [readonly Way[], ...string[]])[] = [
  [both, "npx", "P"],
  [both, "npx", "-y", "P", "own"],
  [both, "npx", "-y", "P@1.0.0"],
  [both, "npx", "-y", "--", "P"],
  [both, "npx", "--no-install", "P"],
  [both, "npx", "-p", "P", "B"],
  [both, "npx", "--package=P", "B"],
  [byVariable, "npx", "-p", "P", "-c", "B"],
  [both, "npm", "exec", "P"],
  [both, "npm", "exec", "P", "own"],
  [both, "npm", "exec", "P", "--", "own"],
  [both, "npm", "exec", "--", "P"],
  [both, "npm", "exec", "--package=P", "B"],
  [both, "npm", "exec", "--package=P", "--", "B"],
  [byVariable, "npm", "exec", "--package=P", "-c", "B"],
  [both, "npm", "x", "P"],
  [both, "npm", "x", "P", "--", "own"],
  [both, "npm", "--silent", "exec", "P"],
  [both, "npm", "--prefix", folder, "exec", "P"],
  [both, "node", "S"],
  [both, "node", "--no-warnings", "--inspect-port", "9230", "S"],
  [both, "node", "--max-old-space-size=200", "S", "own"],
  [both, `${folder}/node_modules/.bin/B`],
  [both, "env", "A=b", "npx", "P"],
  [both, "env", "-u", "A", "npx", "P"],
  [both, "env", "-C", folder, "node", "S"],
  [byVariable, "env", "-S", "node S"],
  [byVariable, "bash", "-c", "npx P"],
  [byVariable, "bash", "-c", "true && exec node S"],
  [byVariable, "sh", "-lc", "npx P"],
  [byVariable, "bash", "-euo", "pipefail", "-c", "npx P"],
  [both, "nice", "-n", "5", "npx", "P"],
  [both, "timeout", "60", "npx", "P"],
  [both, "nohup", "node", "S"],
  [both, Deno.execPath(), "run", "-A", "--no-config", "S"],
  ...(pnpm === "" ? [] : [
    [both, pnpm, "exec", "B"],
    [both, pnpm, "-s", "dlx", `P@file:${folder}/P-1.0.0.tgz`],
    [both, pnpm, `--package=P@file:${folder}/P-1.0.0.tgz`, "dlx", "B"],
  ] as const),
];

for (const [ways, ...shape] of shapes) {
  const short = shape.map((word) => word.replace(/^\/.*\/(?=deno|pnpm)/, "")).join(" ")
    .replaceAll(folder || "\0", "…");
  Deno.test({
    name: `two instances run at once: ${short}`,
    ignore: cannotPlay,
    fn: () => runsInTwo(ways, shape),
  });
}

async function runsInTwo(ways: readonly Way[], shape: readonly string[]): Promise<void> {
  await using home = await Home.create();
  await home.write(".cmgr/tools.jsonc", JSON.stringify(rules));
  const mcpServers = Object.fromEntries(ways.map((way) => {
    const [command, ...args] = shape.map((word) =>
      word.replace(/(?<![\w-])S$/, `${folder}/node_modules/cmgr-play-${way}/i.cjs`)
        .replace(/(?<![\w-])P(?![\w=])/g, `cmgr-play-${way}`)
        .replace(/(?<![\w-])B$/, `play-${way}`)
    );
    return [way, { command, args }];
  }));
  const starts: Start[] = [];
  const wanted: number[][] = [];
  for (const instance of ["one", "two"]) {
    const stdin = JSON.stringify({ mcpServers });
    await home.run(["create", instance, "--import", "-"], { stdin });
    const { tools } = await home.json("tools", "--instance", instance);
    const written = (await home.readJson(home.config(instance))).mcpServers;
    for (const { entry, rule, ports, moves } of tools) {
      assert.equal(rule, entry, "it is recognised");
      assert.doesNotMatch(moves[0], /left alone/);
      wanted.push(ports);
      starts.push({ ...written[entry], cwd: folder });
    }
  }
  const came = await play({ starts, oneByOne: false, expected: 1 }, home.path);
  for (const [i, { tools, error, ports }] of came.entries()) {
    assert.equal(tools, 1, `${starts[i].args.join(" ")}: ${error}`);
    assert.deepEqual(ports, wanted[i]);
  }
  assert.equal(new Set(wanted.flat()).size, wanted.length);
}
