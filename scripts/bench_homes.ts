/**
 * The homes that are measured in, and the programs for each.
 *
 * @module
 */
import { join } from "node:path";
import { measure } from "./bench_case.ts";
import { bundle } from "./build/bundle.ts";
import { compile } from "./build/compile.ts";
import { targetNamed } from "./build/targets.ts";
import { project } from "./project.ts";
import { sourceArgs } from "./sync_tasks.ts";

/** A home and how cmgr is called in it, by form. */
export interface BenchHome {
  readonly path: string;
  readonly forms: ReadonlyMap<string, readonly string[]>;
}

/**
 * Compiles everything that is measured.
 *
 * @param folder Where to; it is deleted by the caller
 * @param names One home for each
 * @returns The homes, and the bare program that is the floor
 */
export async function prepareHomes(
  folder: string,
  names: readonly string[],
): Promise<{ homes: Map<string, BenchHome>; floor: string }> {
  const target = targetNamed(Deno.build.target);
  const place = (name: string) => join(folder, `${name}${target.suffix}`);
  const [portable, floor] = [place("portable"), place("floor")];
  const homes = new Map<string, BenchHome>();
  await using bundled = await bundle(null);
  await compile(bundled, { target, home: undefined, output: portable });
  for (const name of names) {
    const path = join(folder, `home-${name}`);
    await Deno.mkdir(path);
    const own = place(`own-${name}`);
    await compile(bundled, { target, home: path, output: own });
    const source = [Deno.execPath(), ...sourceArgs(path, join(project, "main.ts"))];
    homes.set(name, {
      path,
      forms: new Map([
        ["own", [own]],
        ["portable", [portable]],
        ["source", source],
      ]),
    });
  }
  await Deno.writeTextFile(join(bundled.scripts, "main.js"), 'console.log("cmgr");\n');
  await compile(bundled, { target, home: folder, output: floor });
  return { homes, floor };
}

/**
 * Creates instances, each with the default servers.
 *
 * @param home Where
 * @param count How many
 */
export async function fill(home: BenchHome, count: number): Promise<void> {
  await cmgr(home, "create", "instance-0");
  const others = Array.from({ length: count - 1 }, (_, i) => `instance-${i + 1}`);
  if (others.length > 0) await cmgr(home, "clone", "instance-0", ...others);
}

/**
 * Starts `instance-0` with an app that does nothing.
 *
 * @param home Where; whoever calls this stops it
 */
export async function startOne(home: BenchHome): Promise<void> {
  const settings = { isolation: "profile", launcher: ["sh", "-c", "exec sleep 3600"] };
  await Deno.writeTextFile(join(home.path, ".cmgr", "config.jsonc"), JSON.stringify(settings));
  await cmgr(home, "start", "instance-0");
}

/**
 * Runs cmgr in a home, unmeasured.
 *
 * @param home Where
 * @param args The command line
 */
export async function cmgr({ path, forms }: BenchHome, ...args: string[]): Promise<void> {
  await measure([...forms.get("own")!, ...args], path);
}

/**
 * Gives an instance a config with that many servers.
 *
 * @param home Where
 * @param name Name of the instance
 * @param count How many servers
 */
export async function writeServers(home: BenchHome, name: string, count: number): Promise<void> {
  const servers = Array.from({ length: count }, (_, i) => [`tool-${i}`, {
    command: "npx",
    args: ["-y", `package-${i}`],
  }]);
  await Deno.writeTextFile(
    join(home.path, "sandboxes", name, ".config", "Claude", "claude_desktop_config.json"),
    `${JSON.stringify({ mcpServers: Object.fromEntries(servers) }, undefined, 2)}\n`,
  );
  await cmgr(home, "mcp", name, "--ports");
}
