/**
 * The npm packages of which code is in the bundle, by the bundler's source maps: neither those that
 * only tests use, nor those of which nothing was left.
 *
 * @module
 */
import { join } from "node:path";

/** One package. */
export interface Package {
  /** Its name on npm. */
  readonly name: string;
  /** Its exact version. */
  readonly version: string;
  /** Where it is installed; `undefined` for one whose code comes inside of another package. */
  readonly folder: string | undefined;
  /** The package that its code comes inside of. */
  readonly inside: string | undefined;
}

/**
 * Deno installs packages below `node_modules/.deno/NAME@VERSION/`. A package that was itself bundled
 * before it was published names the installation of pnpm that it was made from, in the same form;
 * `+` is for `/`, and after `_` come the packages that were installed beside it.
 */
const installation = /\/\.(?:deno|pnpm)\/((?:@[^/+]+\+)?[^/@]+)@([^/_]+)/g;

/**
 * Lists the packages.
 *
 * @param sources The folder that was bundled, with its `node_modules`
 * @param files The files that the source maps name
 */
export async function packagesIn(sources: string, files: readonly string[]): Promise<Package[]> {
  const found = new Map<string, Package>();
  for (const file of files) {
    const [outer, inner] = [...file.matchAll(installation)]
      .map(([, name, version]) => ({ name: name.replace("+", "/"), version }));
    if (outer === undefined) continue;
    const { name, version } = inner ?? outer;
    const id = `${name}@${version}`;
    if (found.has(id)) continue;
    found.set(id, {
      name,
      version,
      folder: inner ? undefined : await folderOf(sources, id, name),
      inside: inner && outer.name,
    });
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

async function folderOf(sources: string, id: string, name: string): Promise<string> {
  const folder = join(sources, "node_modules/.deno", id.replace("/", "+"), "node_modules", name);
  await Deno.stat(folder);
  return folder;
}
