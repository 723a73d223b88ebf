/**
 * The npm packages that are part of the program, by its module graph: those that only tests and
 * scripts use are not.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** The project's own folder. */
export const project = fileURLToPath(new URL("../", import.meta.url));

/** One package of the program. */
export interface Package {
  /** Its name on npm. */
  readonly name: string;
  /** Its exact version. */
  readonly version: string;
  /** Its name in `deno.lock`. */
  readonly id: string;
  /** The packages it needs, as ids. */
  readonly dependencies: readonly string[];
  /** Where it lies in Deno's cache. */
  readonly localPath: string;
}

/**
 * What `src/check/mcp_client.js` holds code of: part of the program as text, not as packages.
 * `tests/scripts/release_test.ts` compares it with the head of that file.
 */
export const bundled: readonly string[] = [
  "@modelcontextprotocol/sdk",
  "ajv",
  "ajv-formats",
  "fast-deep-equal",
  "fast-uri",
  "json-schema-traverse",
  "zod",
  "zod-to-json-schema",
];

interface Info {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<Record<string, Omit<Package, "id">>>;
}

/**
 * Finds the packages of the program, and puts them into Deno's cache where they are missing.
 *
 * Needs run permission for deno.
 *
 * @returns The packages, by name
 */
export async function packages(): Promise<Package[]> {
  await deno("cache", "-q", "--frozen", "main.ts", "src/worker.ts");
  const { modules, npmPackages }: Info = JSON.parse(await deno("info", "--json", "main.ts"));
  const wanted = new Set<string>();
  const want = (id: string) => {
    if (wanted.has(id)) return;
    wanted.add(id);
    npmPackages[id].dependencies.forEach(want);
  };
  for (const { npmPackage } of modules) if (npmPackage !== undefined) want(npmPackage);
  return [...wanted].sort().map((id) => ({ ...npmPackages[id], id }));
}

/**
 * Finds the packages of which code is in the program: {@linkcode packages} and
 * {@linkcode bundled}.
 *
 * Needs run permission for deno.
 *
 * @returns The packages, by name
 */
export async function ingredients(): Promise<Package[]> {
  const found = await packages();
  await deno("install", "-q", "--frozen");
  const { npmPackages }: Info = JSON.parse(await deno("info", "--json", "main.ts"));
  for (const [id, each] of Object.entries(npmPackages)) {
    const isThere = found.some((other) => other.id === id);
    if (bundled.includes(each.name) && !isThere) found.push({ ...each, id });
  }
  return found.sort((a, b) => a.id < b.id ? -1 : 1);
}

/**
 * Deno's cache, the DENO_DIR.
 *
 * Needs run permission for deno.
 */
export async function denoDir(): Promise<string> {
  return JSON.parse(await deno("info", "--json")).denoDir;
}

async function deno(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: project,
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`deno ${args.join(" ")} failed:\n${new TextDecoder().decode(stderr)}`);
}
