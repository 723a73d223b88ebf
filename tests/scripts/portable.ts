/**
 * Portable binaries, compiled from copies of the project.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { denoDir } from "../e2e/form.ts";
import { project, run, scriptOk } from "./run.ts";

let built: Promise<Portable> | undefined;

/** A portable binary, compiled once for all tests of this file. */
export function portable(): Promise<Portable> {
  return built ??= (async () => {
    const folder = await Deno.makeTempDir({ prefix: "cmgr-built-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    return await compileCopy(join(folder, "one"), { isCacheFresh: false });
  })();
}

/** A binary, and the commit that it was compiled from. */
export interface Portable {
  readonly binary: string;
  readonly commit: string;
}

/** Compiles a copy of the project, with a repository and a cache of its own. */
export async function compileCopy(folder: string, { isCacheFresh = true }): Promise<Portable> {
  const [copy, cache] = [join(folder, "project"), join(folder, "cache")];
  for (const path of [copy, cache]) await Deno.mkdir(path, { recursive: true });
  for (const part of ["main.ts", "src", "docs", "scripts", "deno.json", "deno.lock"]) {
    assert.equal((await run("cp", ["-R", join(project, part), copy])).code, 0);
  }
  await copyCache(cache, () => true);
  if (isCacheFresh) {
    // A cache that was filled by the lock alone does not know which other versions there are.
    assert.equal((await run("find", [cache, "-name", "registry.json", "-delete"])).code, 0);
  }
  const dates = { GIT_AUTHOR_DATE: "2026-01-01T00:00Z", GIT_COMMITTER_DATE: "2026-01-01T00:00Z" };
  const git = async (...args: string[]) => {
    const identity = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
    const ran = await run("git", [...identity, ...args], { cwd: copy, env: dates });
    assert.equal(ran.code, 0, ran.stderr);
    return ran.stdout.trim();
  };
  await git("init", "-q");
  await git("add", ".");
  await git("commit", "-q", "--no-gpg-sign", "-m", "all");
  const binary = join(folder, "cmgr");
  await scriptOk("scripts/build/compile.ts", ["--release", "--output", binary], {
    cwd: copy,
    env: { DENO_DIR: cache },
  });
  return { binary, commit: await git("rev-parse", "HEAD") };
}

/**
 * Fills a cache of Deno's with what has been downloaded before.
 *
 * @param cache An empty folder
 * @param isWanted Whether it gets a folder of runtimes and bundlers
 */
export async function copyCache(cache: string, isWanted: (name: string) => boolean): Promise<void> {
  assert.equal((await run("cp", ["-R", join(denoDir, "npm"), cache])).code, 0);
  await Deno.mkdir(join(denoDir, "dl"), { recursive: true });
  await Deno.mkdir(join(cache, "dl"));
  for await (const { name } of Deno.readDir(join(denoDir, "dl"))) {
    if (isWanted(name)) await Deno.symlink(join(denoDir, "dl", name), join(cache, "dl", name));
  }
}
