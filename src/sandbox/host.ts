/** What the machine offers to an instance. */
import { attempt } from "../errors.ts";
import { addedEnv, inheritedEnv } from "../system/inherited_env.ts";
import { run, type Variables } from "../system/run.ts";
import { busAddress } from "./bus.ts";

export interface Host {
  /** As `Deno.build.os` names it. */
  readonly os: string;
  readonly variables: Variables;
  /** By path, with links followed; paths that do not exist are left out. */
  readonly physical: ReadonlyMap<string, string>;
  /** `false` outside a session too. */
  readonly hasBusProxy: boolean;
}

/**
 * @param added Names of variables that the settings add
 * @param placesFor The absolute paths to look for
 */
export async function inspectHost(
  env: (name: string) => string | undefined,
  added: readonly string[],
  placesFor: (variables: Host["variables"]) => readonly string[],
): Promise<Host> {
  const inherited = inheritedEnv(env);
  const [others, physical, hasProxy] = await Promise.all([
    addedEnv(added),
    physicalPaths(placesFor(inherited)),
    busAddress(inherited) === undefined ? false : hasBusProxy(),
  ]);
  const variables = { ...others, ...inherited };
  return { os: Deno.build.os, variables, physical, hasBusProxy: hasProxy };
}

export async function hasBusProxy(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const found = await attempt(() => run("xdg-dbus-proxy", ["--version"]));
  return "value" in found && found.value.code === 0;
}

// The x keeps line breaks at the end of a name. macOS before 13 has no realpath.
const script = `for path; do
  if [ -e "$path" ]; then
    where=$({ realpath -- "$path" || readlink -f -- "$path"; } 2>/dev/null; echo x)
    where=\${where%x}
    printf '%s' "\${where%?}"
  fi
  printf '\\0'
done`;

/**
 * The real path of each path that exists, by `sh`, since cmgr may read only its two folders. On
 * Windows every path stays as it is.
 *
 * @throws {CmgrError} `failed`, when `sh` cannot be run
 */
export async function physicalPaths(
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map();
  if (Deno.build.os === "windows") return new Map(paths.map((path) => [path, path]));
  const { stdout } = await run("sh", ["-c", script, "sh", ...paths]);
  const found = stdout.split("\0");
  return new Map(paths.flatMap((path, i) => found[i] ? [[path, found[i]] as const] : []));
}
