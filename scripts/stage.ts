/**
 * Lays out what is compiled, so that the same commit gives the same bytes: only files that are
 * part of the program, in a folder of fixed shape, all with one modification time. The compiler
 * writes paths and times of sources and packages into the binary.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { denoDir as cache, type Package, packages, project } from "./packages.ts";

/** The one Deno that builds cmgr: another one gives other bytes. */
export const denoVersion = "2.8.3";

/** The time that every staged file gets. */
const fixedTime = new Date("2020-01-01T00:00:00Z");

/** Everything that goes into the binary beside npm packages. */
const parts = ["main.ts", "src"];

/** A laid-out copy. */
export interface Stage extends AsyncDisposable {
  /** The sources. */
  readonly sources: string;
  /** The DENO_DIR to compile with: the npm packages of the program, nothing else. */
  readonly denoDir: string;
}

/**
 * Lays the copy out in a temporary folder, gone when disposed of.
 *
 * Needs read permission for the project and Deno's cache, write permission for the temporary
 * folder, and run permission for deno.
 *
 * @param commit What the binary shall say that it was built from
 */
export async function stage(commit: string | null): Promise<Stage> {
  const root = await Deno.makeTempDir({ prefix: "cmgr-build-" });
  const [sources, denoDir] = [join(root, "cmgr"), join(root, "deno")];
  const remove = () => Deno.remove(root, { recursive: true });
  try {
    for (const part of parts) await copy(join(project, part), join(sources, part));
    await Deno.writeTextFile(
      join(sources, "src/build.ts"),
      `export const commit: string | null = ${JSON.stringify(commit)};\n`,
    );
    const reached = await packages();
    await writeConfig(sources, reached);
    await copyCache(denoDir, reached);
    await settle(root);
  } catch (error) {
    await remove();
    throw error;
  }
  return { sources, denoDir, [Symbol.asyncDispose]: remove };
}

/**
 * Writes `deno.json` and `deno.lock` without the packages that only tests and scripts use: the
 * compiler would want those in the cache too, and names them in the binary.
 */
async function writeConfig(sources: string, reached: readonly Package[]): Promise<void> {
  const read = async (name: string) => JSON.parse(await Deno.readTextFile(join(project, name)));
  const write = (name: string, content: unknown) =>
    Deno.writeTextFile(join(sources, name), `${JSON.stringify(content, undefined, 2)}\n`);
  const specifiers = new Set(reached.map(({ name, version }) => `npm:${name}@${version}`));
  const ids = new Set(reached.map(({ id }) => id));
  const config = await read("deno.json");
  const { name, version, license, exports, nodeModulesDir, unstable } = config;
  const imports = pick(config.imports, (_, specifier) => specifiers.has(String(specifier)));
  await write("deno.json", {
    ...{ name, version, license, exports, nodeModulesDir, unstable },
    imports,
  });
  const lock = await read("deno.lock");
  await write("deno.lock", {
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
  for (const { localPath } of reached) {
    const place = localPath.slice(from.length + 1);
    await copy(localPath, join(denoDir, place), isCode);
  }
  await Deno.mkdir(join(from, "dl"), { recursive: true });
  await Deno.symlink(join(from, "dl"), join(denoDir, "dl"), { type: "junction" });
}

/**
 * Whether the runtime can load a file of a package. The compiler tries to parse all the others, and
 * writes what it has to say about a LICENSE, with the folder of this very build, into the binary.
 */
function isCode(name: string): boolean {
  return /\.([cm]?js|json)$/.test(name);
}

async function copy(
  from: string,
  to: string,
  isWanted: (name: string) => boolean = () => true,
): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (isDirectory) {
    for await (const { name } of Deno.readDir(from)) {
      await copy(join(from, name), join(to, name), isWanted);
    }
  } else if (isWanted(from)) {
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
