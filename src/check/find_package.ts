/** Finds the package of a server in the package caches of its instance. */
import { dirname, join } from "node:path";
import * as v from "valibot";
import { bareName, type StartedProgram } from "../catalogue/command_line.ts";
import { fields } from "../json/validate.ts";
import { isWithin } from "../paths.ts";
import { infoOf, listFolder } from "../system/folders.ts";
import { readOptionalJson } from "../system/read_json.ts";

export interface FoundPackage {
  /** As in rules: `pypi:NAME` for a package of PyPI. */
  readonly name: string;
  readonly version: string | null;
  /** `undefined` if its files are not in the instance. */
  readonly folder?: string;
}

const manifest = fields({
  name: v.optional(v.string()),
  version: v.optional(v.string()),
  bin: v.optional(v.unknown()),
  dependencies: v.optional(v.record(v.string(), v.unknown())),
  optionalDependencies: v.optional(v.record(v.string(), v.unknown())),
});

/** @returns `undefined` for a server that belongs to no package */
export async function findPackage(
  sandbox: string,
  { packages, path }: Pick<StartedProgram, "packages" | "path">,
): Promise<FoundPackage | undefined> {
  const [spec] = packages;
  if (spec !== undefined) {
    const name = bareName(spec);
    const folder = name.startsWith("pypi:")
      ? await findPython(sandbox, name.slice("pypi:".length))
      : await findNode(sandbox, name);
    return { name, version: null, ...folder };
  }
  if (path === undefined || !isWithin(path, sandbox)) return undefined;
  for (let folder = dirname(path); isWithin(folder, sandbox); folder = dirname(folder)) {
    const found = await readManifest(folder);
    if (found?.name !== undefined) {
      return { name: found.name, version: found.version ?? null, folder };
    }
    if (folder === sandbox) break;
  }
  return undefined;
}

/** The newest of several installations. */
async function findNode(sandbox: string, name: string): Promise<Partial<FoundPackage>> {
  const cache = join(sandbox, ".npm", "_npx");
  const found = await Promise.all((await list(cache)).map(async (entry) => {
    const folder = join(cache, entry.name, "node_modules", ...name.split("/"));
    const info = await infoOf(join(folder, "package.json")).catch(() => undefined);
    return { folder, at: info?.mtime?.getTime() ?? 0 };
  }));
  const [newest] = found.filter(({ at }) => at > 0).sort((a, b) => b.at - a.at);
  if (newest === undefined) return {};
  return { folder: newest.folder, version: (await readManifest(newest.folder))?.version ?? null };
}

/** In uv's cache: `archive-v0/HASH/lib/pythonX/site-packages`, or the packages in it directly. */
async function findPython(sandbox: string, name: string): Promise<Partial<FoundPackage>> {
  const plain = name.toLowerCase().replace(/[-_.]+/g, "_");
  const cache = join(sandbox, ".cache", "uv", "archive-v0");
  for (const { name: hash } of await list(cache)) {
    const folder = join(cache, hash);
    const entries = await list(folder);
    const info = entries.find((entry) =>
      entry.name.toLowerCase().startsWith(`${plain}-`) && entry.name.endsWith(".dist-info")
    );
    if (info === undefined) continue;
    return { folder, version: info.name.slice(plain.length + 1, -".dist-info".length) };
  }
  return {};
}

export async function readManifest(folder: string) {
  return await readOptionalJson(join(folder, "package.json"), manifest).catch(() => undefined);
}

/** Empty for a folder that cannot be read. */
export async function list(folder: string): Promise<Deno.DirEntry[]> {
  return await listFolder(folder).catch(() => []);
}
