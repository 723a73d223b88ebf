/**
 * Second step: the program and its packages as a few short scripts. A command then loads in a
 * fraction of the time, and unused code is left out.
 *
 * The same commit gives the same bytes: scripts are named by the paths of what is in them, so those
 * are relative to a folder of fixed shape, and the compiler writes modification times into the
 * binary, so there is only one.
 *
 * @module
 */
import { join } from "node:path";
import { type Package, packagesIn } from "./packages.ts";
import { stage } from "./stage.ts";

const fixedTime = new Date("2020-01-01T00:00:00Z");

/**
 * commander loads these to run subcommands that are programs of their own. cmgr has none, so the
 * binary has nothing by which a package could start one.
 */
const leftOut = ["node:child_process", "node:fs"];

/** The program as scripts. */
export interface Bundle extends AsyncDisposable {
  /** The folder with `main.js` and what it loads. */
  readonly scripts: string;
  /** The packages of which code is in the scripts, by name. */
  readonly packages: readonly Package[];
}

/**
 * Bundles the program in a temporary folder, gone when disposed of.
 *
 * Needs read permission for the project, write permission for the temporary folder, and run
 * permission for deno, which takes packages and its bundler from its cache or from npm.
 *
 * @param commit What the program says that it was built from
 * @throws {Error} when the bundler fails
 */
export async function bundle(commit: string | null): Promise<Bundle> {
  const root = await Deno.makeTempDir({ prefix: "cmgr-build-" });
  const remove = () => Deno.remove(root, { recursive: true });
  const [sources, scripts] = [join(root, "sources"), join(root, "cmgr")];
  try {
    await stage(sources, commit);
    await runBundler(sources, scripts);
    const packages = await packagesIn(sources, await takeSourceMaps(scripts));
    await writeConfig(sources, scripts);
    await settle(scripts);
    return { scripts, packages, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * The arguments of `deno bundle`.
 *
 * @param to The folder to write to
 */
export function bundleArgs(to: string): string[] {
  return [
    ...["bundle", "-q", "--frozen", "--platform=deno", "--minify", "--code-splitting"],
    "--node-modules-dir=auto", // beside the sources, wherever Deno's cache is
    "--sourcemap=external",
    ...[`--outdir=${to}`, "main.ts"],
  ];
}

async function runBundler(from: string, to: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: bundleArgs(to),
    cwd: from,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`deno bundle failed:\n${new TextDecoder().decode(stderr)}`);
}

/** Reads which files the scripts were made of, and deletes the maps that say so. */
async function takeSourceMaps(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await takeSourceMaps(path));
    else if (name.endsWith(".map")) {
      found.push(...JSON.parse(await Deno.readTextFile(path)).sources);
      await Deno.remove(path);
    }
  }
  return found;
}

/** The compiler resolves what the scripts import by this. */
async function writeConfig(sources: string, scripts: string): Promise<void> {
  const { unstable } = JSON.parse(await Deno.readTextFile(join(sources, "deno.json")));
  const imports = Object.fromEntries(leftOut.map((name) => [name, "./nothing.js"]));
  await Deno.writeTextFile(join(scripts, "deno.json"), JSON.stringify({ unstable, imports }));
  await Deno.writeTextFile(join(scripts, "nothing.js"), "export default undefined;\n");
}

/** Gives one time and one mode to everything, the deepest first: writing changes a folder's time. */
async function settle(path: string): Promise<void> {
  const { isDirectory } = await Deno.stat(path);
  if (isDirectory) {
    for await (const { name } of Deno.readDir(path)) await settle(join(path, name));
  }
  if (Deno.build.os !== "windows") await Deno.chmod(path, isDirectory ? 0o755 : 0o644);
  await Deno.utime(path, fixedTime, fixedTime);
}
