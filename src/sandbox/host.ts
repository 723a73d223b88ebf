/** What the machine offers to an instance: the session's variables, and which places exist. */
import { CmgrError } from "../errors.ts";
import { addedEnv, inheritedEnv } from "../system/inherited_env.ts";
import { run, type Variables } from "../system/run.ts";
import { busAddress } from "./bus.ts";

/** What a launch plan may count on. */
export interface Host {
  /** The operating system, as `Deno.build.os` names it. */
  readonly os: string;
  /** The variables of the shell that an instance is given. */
  readonly variables: Variables;
  /** Where each path that was asked for really lies, links followed; absent ones are left out. */
  readonly physical: ReadonlyMap<string, string>;
  /** Whether xdg-dbus-proxy is installed; `false` outside a session too. */
  readonly hasBusProxy: boolean;
}

/**
 * Asks the system what it offers.
 *
 * @param env Reads one environment variable
 * @param added Names of variables that an instance is given beside those that are built in
 * @param placesFor Tells, from the variables, which absolute paths to look for
 */
export async function inspectHost(
  env: (name: string) => string | undefined,
  added: readonly string[],
  placesFor: (variables: Host["variables"]) => readonly string[],
): Promise<Host> {
  const inherited = inheritedEnv(env);
  const [more, physical, hasProxy] = await Promise.all([
    addedEnv(added),
    physicalPaths(placesFor(inherited)),
    busAddress(inherited) === undefined ? false : hasBusProxy(),
  ]);
  return {
    os: Deno.build.os,
    variables: { ...more, ...inherited },
    physical,
    hasBusProxy: hasProxy,
  };
}

/** Whether xdg-dbus-proxy is installed. */
export async function hasBusProxy(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    return (await run("xdg-dbus-proxy", ["--version"])).code === 0;
  } catch (error) {
    if (error instanceof CmgrError) return false;
    throw error;
  }
}

// The sentinel keeps line breaks at the end of a name. macOS before 13 has no realpath.
const script = `for path; do
  if [ -e "$path" ]; then
    where=$({ realpath -- "$path" || readlink -f -- "$path"; } 2>/dev/null; echo x)
    where=\${where%x}
    printf '%s' "\${where%?}"
  fi
  printf '\\0'
done`;

/**
 * Finds where paths really lie, by asking `sh`: cmgr itself may not read outside its two folders.
 * On Windows every path counts as being where it says.
 *
 * @param paths A relative one is seen from the current folder
 * @returns The real place of each that exists
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
