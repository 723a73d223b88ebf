/**
 * Packages of npm that tests run as programs, installed once into a cache that outlives the tests.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";

const installMs = 300_000;

/**
 * Installs packages, unless they are installed already.
 *
 * @param name Names this set of packages
 * @param packages Names with exact versions
 * @returns The folder that has them in its `node_modules`
 */
export async function installPackages(
  name: string,
  packages: readonly string[],
): Promise<string> {
  const cache = Deno.env.get("CMGR_TEST_SERVERS") ??
    join(Deno.env.get("HOME") ?? "", ".cache", "cmgr-test-servers");
  const folder = join(cache, name);
  const done = join(folder, "installed.json");
  await Deno.mkdir(folder, { recursive: true });
  const wanted = JSON.stringify(packages);
  const isDone = async () => await Deno.readTextFile(done).catch(() => "") === wanted;
  if (await isDone()) return folder;
  using lock = await Deno.open(join(folder, "lock"), { create: true, write: true });
  await lock.lock(true);
  if (await isDone()) return folder;
  const { success, stderr } = await new Deno.Command("npm", {
    args: [
      "install",
      "--prefix",
      folder,
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      ...packages,
    ],
    stdin: "null",
    stdout: "null",
    signal: AbortSignal.timeout(installMs),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  await Deno.writeTextFile(done, wanted);
  return folder;
}
