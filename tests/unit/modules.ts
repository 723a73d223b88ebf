/** Reads the program's own modules, and what they import, for tests of how it is built. */
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("../../", import.meta.url));

/** The program's modules by path, without comments but with all their lines. */
export async function sources(): Promise<[string, string][]> {
  const paths = [join(project, "main.ts")];
  for await (const path of filesBelow(join(project, "src"))) paths.push(path);
  return await Promise.all(
    paths.filter((path) => /\.[jt]s$/.test(path) && !path.endsWith(".d.ts")).map(async (path) => {
      const text = await Deno.readTextFile(path);
      const code = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/.+/g, ""))
        .replace(/(^|[\s;{}(),])\/\/.*$/gm, "$1");
      return [relative(project, path).replaceAll("\\", "/"), code] as [string, string];
    }),
  );
}

/** What each module imports of the program's own, types and what is loaded later included. */
export async function imports(): Promise<[string, string[]][]> {
  const specifier = /(?:\bfrom|\bimport)\s*\(?\s*"(\.{1,2}\/[^"]+\.[jt]s)"/g;
  return (await sources()).map(([path, code]) => [
    path,
    [...code.matchAll(specifier)].map(([, to]) => join(path, "..", to).replaceAll("\\", "/")),
  ]);
}

/** The paths of the unit tests below this folder. */
export async function unitTests(): Promise<string[]> {
  const paths = await Array.fromAsync(filesBelow(join(project, "tests", "unit")));
  return paths.map((path) => relative(join(project, "tests", "unit"), path).replaceAll("\\", "/"))
    .filter((path) => path.includes("/") && path.endsWith("_test.ts"));
}

export async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesBelow(path);
    else yield path;
  }
}

interface Dependency {
  readonly code?: { readonly specifier: string };
  readonly isDynamic?: boolean;
}

export interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly Dependency[];
    readonly npmPackage?: string;
  }[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly npmPackages: Readonly<
    Record<string, { readonly dependencies: readonly string[]; readonly localPath: string }>
  >;
}

export async function moduleGraph(entry: string): Promise<Graph> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: project,
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Everything that a module loads, as paths in the project. */
export function closure(graph: Graph, entry: string, withDynamic: boolean): Set<string> {
  const root = new URL("../../", import.meta.url).href;
  const byName = new Map(graph.modules.map((module) => [module.specifier, module]));
  const found = new Set<string>();
  const visit = (specifier: string) => {
    const name = graph.redirects[specifier] ?? specifier;
    const path = name.startsWith(root) ? name.slice(root.length) : name;
    if (found.has(path)) return;
    found.add(path);
    for (const { code, isDynamic } of byName.get(name)?.dependencies ?? []) {
      if (code && (withDynamic || !isDynamic)) visit(code.specifier);
    }
  };
  visit(root + entry);
  return found;
}

/** Folders of the packages that the program reaches, those that only tests use left out. */
export function reachedPackages(graph: Graph): Set<string> {
  const ids = new Set<string>();
  const visit = (id: string) => {
    if (ids.has(id)) return;
    ids.add(id);
    graph.npmPackages[id].dependencies.forEach(visit);
  };
  for (const { npmPackage } of graph.modules) if (npmPackage) visit(npmPackage);
  return new Set([...ids].map((id) => graph.npmPackages[id].localPath));
}
