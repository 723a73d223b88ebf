/**
 * Lays out what is compiled, so that the same commit gives the same bytes: the program bundled into
 * a few scripts, in folders of fixed shape, all with one modification time. The bundler names its
 * scripts by the paths of what is in them, and the compiler writes paths and times into the binary.
 *
 * Bundled, a command loads in a fraction of the time: a hundred modules and the packages' whole
 * trees become a dozen short scripts, and those of other commands are left alone.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { denoDir as cache, type Package, packages, project } from "./packages.ts";

/** The one Deno that builds cmgr: another one gives other bytes. */
export const denoVersion = "2.8.3";

/** The time that every staged file gets. */
const fixedTime = new Date("2020-01-01T00:00:00Z");

/** Everything that the program is made of beside npm packages. */
const parts = ["main.ts", "src"];

/** The worker's module as `main.ts` names it, and its name once it is bundled. */
const worker = { source: "./src/worker.ts", bundled: "./src/worker.js" };

/** A laid-out copy. */
export interface Stage extends AsyncDisposable {
  /** The folder with `main.js` and what it loads. */
  readonly sources: string;
}

/**
 * Lays the copy out in a temporary folder, gone when disposed of.
 *
 * Needs read permission for the project, write permission for the temporary folder, and run
 * permission for deno, which takes packages and its bundler from its cache or from npm.
 *
 * @param commit What the binary shall say that it was built from
 * @throws {Error} when the bundler fails
 */
export async function stage(commit: string | null): Promise<Stage> {
  const root = await Deno.makeTempDir({ prefix: "cmgr-build-" });
  const [whole, sources, denoDir] = ["whole", "cmgr", "deno"].map((name) => join(root, name));
  const remove = () => Deno.remove(root, { recursive: true });
  try {
    for (const part of parts) await copy(join(project, part), join(whole, part));
    await Deno.writeTextFile(
      join(whole, "src/build.ts"),
      `export const commit: string | null = ${JSON.stringify(commit)};\n`,
    );
    const reached = await packages();
    await writeConfig(whole, reached);
    await copyCache(denoDir, reached);
    await bundle(whole, sources, denoDir);
    await nameBundledWorker(join(sources, "main.js"));
    const { unstable } = JSON.parse(await Deno.readTextFile(join(whole, "deno.json")));
    await writeJson(join(sources, "deno.json"), { unstable });
    await settle(sources);
  } catch (error) {
    await remove();
    throw error;
  }
  return { sources, [Symbol.asyncDispose]: remove };
}

/**
 * The arguments of `deno bundle`.
 *
 * @param to The folder to write to
 */
export function bundleArgs(to: string): string[] {
  const options = ["-q", "--frozen", "--platform=deno", "--minify", "--code-splitting"];
  return ["bundle", ...options, `--outdir=${to}`, "main.ts", "src/worker.ts"];
}

async function bundle(from: string, to: string, denoDir: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: bundleArgs(to),
    cwd: from,
    env: { DENO_DIR: denoDir, NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`deno bundle failed:\n${new TextDecoder().decode(stderr)}`);
}

/** The bundler leaves the address of a worker as it stands. */
async function nameBundledWorker(path: string): Promise<void> {
  const pieces = (await Deno.readTextFile(path)).split(JSON.stringify(worker.source));
  if (pieces.length !== 2) throw new Error(`${worker.source} stands ${pieces.length - 1} times`);
  await Deno.writeTextFile(path, pieces.join(JSON.stringify(worker.bundled)));
}

/**
 * Writes `deno.json` and `deno.lock` without the packages that only tests and scripts use: the
 * bundler would want those in the cache too.
 */
async function writeConfig(whole: string, reached: readonly Package[]): Promise<void> {
  const read = async (name: string) => JSON.parse(await Deno.readTextFile(join(project, name)));
  const specifiers = new Set(reached.map(({ name, version }) => `npm:${name}@${version}`));
  const ids = new Set(reached.map(({ id }) => id));
  const config = await read("deno.json");
  const { name, version, license, exports, nodeModulesDir, unstable } = config;
  const imports = pick(config.imports, (_, specifier) => specifiers.has(String(specifier)));
  await writeJson(join(whole, "deno.json"), {
    ...{ name, version, license, exports, nodeModulesDir, unstable },
    imports,
  });
  const lock = await read("deno.lock");
  await writeJson(join(whole, "deno.lock"), {
    version: lock.version,
    specifiers: pick(lock.specifiers, (specifier) => specifiers.has(specifier)),
    npm: pick(lock.npm, (id) => ids.has(id)),
    workspace: { dependencies: Object.values(imports).sort() },
  });
}

function pick(
  from: Record<string, unknown>,
  isWanted: (key: string, value: unknown) => boolean,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([key, value]) => isWanted(key, value)));
}

/** Copies the packages of the program, and borrows the runtimes that Deno has downloaded. */
async function copyCache(denoDir: string, reached: readonly Package[]): Promise<void> {
  const from = await cache();
  for (const { name, localPath } of reached) {
    const place = join(denoDir, localPath.slice(from.length + 1));
    await copy(localPath, place);
    if (name === "commander") await leaveOutPrograms(place);
  }
  await Deno.mkdir(join(from, "dl"), { recursive: true });
  await Deno.symlink(join(from, "dl"), join(denoDir, "dl"), { type: "junction" });
}

/**
 * commander can run subcommands that are programs of their own, and for that it loads, at every
 * start, what starts programs and reads files. cmgr has none such: without it a command starts
 * sooner, and no package in the binary can start anything.
 */
async function leaveOutPrograms(commander: string): Promise<void> {
  const path = join(commander, "lib", "command.js");
  let text = await Deno.readTextFile(path);
  for (const [name, module] of [["childProcess", "node:child_process"], ["fs", "node:fs"]]) {
    const line = `import ${name} from '${module}';\n`;
    if (!text.includes(line)) throw new Error(`commander does not load ${module} any more`);
    text = text.replace(line, `const ${name} = undefined;\n`);
  }
  await Deno.writeTextFile(path, text);
}

async function writeJson(path: string, content: unknown): Promise<void> {
  await Deno.writeTextFile(path, `${JSON.stringify(content, undefined, 2)}\n`);
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (isDirectory) {
    for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
  } else {
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.copyFile(from, to);
  }
}

/** Gives one time and one mode to everything, the deepest first: writing changes a folder's time. */
async function settle(path: string): Promise<void> {
  const { isDirectory, isSymlink } = await Deno.lstat(path);
  if (isSymlink) return;
  if (isDirectory) {
    for await (const { name } of Deno.readDir(path)) await settle(join(path, name));
  }
  if (Deno.build.os !== "windows") await Deno.chmod(path, isDirectory ? 0o755 : 0o644);
  await Deno.utime(path, fixedTime, fixedTime);
}
