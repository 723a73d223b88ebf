/**
 * What the machine offers to an instance: the session's variables, and which places there are.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError, messageOf } from "../errors.ts";

/** What a launch plan may count on. */
export interface Surroundings {
  /** The operating system, as `Deno.build.os` names it. */
  readonly os: string;
  /** The variables that display, sound, bus and programs are found by. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Where each path that was asked for really lies, links followed; absent ones are left out. */
  readonly physical: ReadonlyMap<string, string>;
}

/** Variables that a plan looks at. */
const looked = [
  "PATH",
  "DISPLAY",
  "XAUTHORITY",
  "WAYLAND_DISPLAY",
  "XDG_RUNTIME_DIR",
  "DBUS_SESSION_BUS_ADDRESS",
  "PULSE_SERVER",
  "LOCALAPPDATA",
];

/**
 * Looks around.
 *
 * Needs env permission for the variables, and run permission for `sh`.
 *
 * @param env Reads one environment variable
 * @param placesFor Tells, from the variables, which absolute paths to look for
 * @throws {CmgrError} `failed`, when the system cannot be asked
 */
export async function lookAround(
  env: Context["env"],
  placesFor: (variables: Surroundings["variables"]) => readonly string[],
): Promise<Surroundings> {
  const variables = Object.fromEntries(looked.map((name) => [name, env(name)]));
  return { os: Deno.build.os, variables, physical: await physicalPaths(placesFor(variables)) };
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
