/**
 * Unpacks an archive of a release and uses the binary in it, as somebody would who got it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Target } from "./build/targets.ts";

/**
 * Unpacks and tries: `version` says what it was built from; create, ports, list and remove work in
 * a home of their own.
 *
 * @param archive The archive
 * @param target What it is for; this machine
 * @param build What `version --json` must say, among other things
 * @throws {Error} when something is not as it should be
 */
export async function tryOut(
  archive: string,
  target: Target,
  build: Readonly<Record<string, string>>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "cmgr-try-" }));
  try {
    // The tar of Windows reads zip files; the one that comes with git does not.
    const tar = Deno.build.os === "windows" ? "C:\\Windows\\System32\\tar.exe" : "tar";
    await run(tar, ["-xf", archive, "-C", folder], {});
    const unpacked = join(folder, `cmgr-${target.name}`);
    for (const text of ["LICENSE", "README.md", "THIRD-PARTY-LICENSES.txt"]) {
      assert((await Deno.stat(join(unpacked, text))).size > 0, `${text} is empty`);
    }
    const home = join(folder, "home");
    await Deno.mkdir(home);
    const cmgr = (...args: string[]) =>
      run(join(unpacked, `cmgr${target.suffix}`), args, { HOME: home, USERPROFILE: home });
    const json = async (...args: string[]) => JSON.parse(await cmgr(...args, "--json"));
    const version = await json("version");
    for (const [field, value] of Object.entries(build)) assert.equal(version[field], value, field);
    const { range, ports } = await json("create", "work");
    assert.equal(ports.filesystem, range.base + 10);
    // Without asking who listens: not every system has a program to ask.
    assert.equal((await cmgr("ports", "work", "memory", "--quiet")).trim(), `${range.base + 30}`);
    const list = await json("list");
    assert.deepEqual(list.instances.map((each: { instance: string }) => each.instance), ["work"]);
    await cmgr("remove", "work", "--yes");
    assert.deepEqual((await json("list")).instances, []);
    assert.equal((await json("self-test")).ok, true, "self-test");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], env })
    .output();
  const text = new TextDecoder().decode(stdout);
  if (code === 0) return text;
  throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}${text}`);
}
