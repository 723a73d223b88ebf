import assert from "node:assert/strict";
import { sourceArgs } from "../../scripts/sync_tasks.ts";
import { Home, succeeded } from "../e2e/harness.ts";
import { isLong } from "./faulty_home.ts";

/** Runs cmgr from source with a HOME of any shape, as its task would. */
async function runIn(place: Home, home: string, args: readonly string[]) {
  const [program, ...rest] = place.argv().slice(0, 1);
  const source = sourceArgs(home, place.argv().at(-1)!);
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...rest, ...source, ...args],
    clearEnv: true,
    env: { ...place.environment(), HOME: home },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

const names = ["with spaces", "Jürgen 日本", "quote'\"s", "$HOME", "a;b", "-dash", "back\\slash"];

// The short form takes those that most often are a trap.
for (const name of isLong ? names : names.slice(0, 3)) {
  Deno.test(`a home called ${name} works like any other`, async () => {
    await using place = await Home.create();
    const home = place.at(name);
    await Deno.mkdir(home);
    succeeded(await runIn(place, home, ["create", "work"]));
    const { stdout } = succeeded(await runIn(place, home, ["list", "--json"]));
    assert.equal(JSON.parse(stdout).instances[0].sandbox, `${home}/sandboxes/work`);
    succeeded(await runIn(place, home, ["mcp", "work", "--reset-ports"]));
    succeeded(await runIn(place, home, ["remove", "work", "--yes", "--purge"]));
  });
}

Deno.test("a home with slashes to spare is the same home", async () => {
  await using place = await Home.create();
  succeeded(await runIn(place, `${place.path}/`, ["create", "work"]));
  const { stdout } = succeeded(await runIn(place, place.path, ["list", "--json"]));
  assert.equal(JSON.parse(stdout).instances[0].sandbox, place.at("sandboxes/work"));
});

Deno.test("a home that is a symbolic link works, since the user's own link leads there", async () => {
  await using place = await Home.create();
  await Deno.mkdir(place.at("real"));
  await Deno.symlink(place.at("real"), place.at("link"));
  succeeded(await runIn(place, place.at("link"), ["create", "work"]));
  succeeded(await runIn(place, place.at("link"), ["mcp", "work", "--reset-ports"]));
  assert.ok((await Deno.stat(place.at("real/sandboxes/work"))).isDirectory);
});
