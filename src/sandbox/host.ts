/**
 * What the machine offers to an instance: the session's variables, and which places there are.
 *
 * @module
 */
import { CmgrError, messageOf } from "../errors.ts";
import { passedVariables, passedVariablesOfWindows } from "../permissions.ts";
import { busAddress } from "./bus.ts";

/** What a launch plan may count on. */
export interface Host {
  /** The operating system, as `Deno.build.os` names it. */
  readonly os: string;
  /** The variables of the shell that an instance is given. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Where each path that was asked for really lies, links followed; absent ones are left out. */
  readonly physical: ReadonlyMap<string, string>;
  /** Whether xdg-dbus-proxy is installed; `false` outside a session too. */
  readonly hasBusProxy: boolean;
}

/**
 * Looks around.
 *
 * @param placesFor Tells, from the variables, which absolute paths to look for
 * @param added Names of variables that an instance is given beside those that are built in
 * @throws {CmgrError} `failed`, when the system cannot be asked
 */
export async function inspectHost(
  placesFor: (variables: Host["variables"]) => readonly string[],
  added: readonly string[] = [],
): Promise<Host> {
  const passed = passedNow();
  const [variables, physical, hasProxy] = await Promise.all([
    addedVariables(added),
    physicalPaths(placesFor(passed)),
    busAddress(passed) === undefined ? false : hasBusProxy(),
  ]);
  return {
    os: Deno.build.os,
    variables: { ...variables, ...passed },
    physical,
    hasBusProxy: hasProxy,
  };
}

/** The variables of the shell that every instance is given. */
export function passedNow(): Record<string, string> {
  const names = Deno.build.os === "windows"
    ? ["PATH", ...passedVariablesOfWindows]
    : passedVariables;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** Whether xdg-dbus-proxy is installed. */
export async function hasBusProxy(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    return (await new Deno.Command("xdg-dbus-proxy", {
      args: ["--version"],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output()).success;
  } catch {
    return false;
  }
}

// cmgr may not read these itself. On Linux they are looked up in what it was started with, since
// Deno starts nothing with the variables it has itself while one of them is the linker's.
const variablesScript = {
  linux: `pattern=$(IFS='|'; echo "$*")
exec grep -azE "^($pattern)=" "/proc/$PPID/environ"`,
  other: `for name; do
  if printenv "$name" >/dev/null; then printf '%s=%s\\0' "$name" "$(printenv "$name")"; fi
done`,
};

async function addedVariables(names: readonly string[]): Promise<Record<string, string>> {
  if (names.length === 0 || Deno.build.os === "windows") return {};
  const isLinux = Deno.build.os === "linux";
  const script = isLinux ? variablesScript.linux : variablesScript.other;
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", script, "sh", ...names],
    ...(isLinux ? { clearEnv: true, env: { PATH: Deno.env.get("PATH") ?? "" } } : {}),
    stdin: "null",
    stderr: "null",
  }).output();
  const found = new TextDecoder().decode(stdout).split("\0").map((text) => text.split(/=(.*)/s));
  return Object.fromEntries(
    found.filter(([name]) => names.includes(name)).map(([name, value]) => [name, value]),
  );
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
 * Finds where paths really lie. The program may not read outside its two folders, so `sh` is
 * asked. On Windows every path counts as being where it says.
 *
 * Needs run permission for `sh`.
 *
 * @param asked Paths; a relative one is seen from the current folder
 * @returns The real place of each that is there
 * @throws {CmgrError} `failed`, when `sh` cannot be run
 */
export async function physicalPaths(
  asked: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (asked.length === 0) return new Map();
  if (Deno.build.os === "windows") return new Map(asked.map((path) => [path, path]));
  try {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", script, "sh", ...asked],
      stdin: "null",
      stderr: "null",
    }).output();
    const found = new TextDecoder().decode(stdout).split("\0");
    return new Map(
      asked.flatMap((path, i) => found[i] ? [[path, found[i]] as const] : []),
    );
  } catch (error) {
    throw new CmgrError(
      "failed",
      `Places outside the sandboxes could not be looked for: sh: ${messageOf(error)}`,
      "Put sh on the PATH",
      { cause: error },
    );
  }
}
