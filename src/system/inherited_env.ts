import { inherited, inheritedOnWindows } from "../permissions.ts";
import { run, type Variables } from "./run.ts";

/** The caller's variables for the user's own programs: the app, a command or an editor. */
export function inheritedEnv(env: (name: string) => string | undefined): Variables {
  const isWindows = Deno.build.os === "windows";
  const names = isWindows ? [...inherited, ...inheritedOnWindows] : inherited;
  return Object.fromEntries(names.map((name) => [name, env(name)]));
}

// On Linux they come from cmgr's own /proc entry: with a cleared environment `sh` starts even while
// `LD_*` is set.
const scripts = {
  linux: `pattern=$(IFS='|'; echo "$*")
exec grep -azE "^($pattern)=" "/proc/$PPID/environ"`,
  other: `for name; do
  if printenv "$name" >/dev/null; then printf '%s=%s\\0' "$name" "$(printenv "$name")"; fi
done`,
};

/**
 * The caller's variables that the settings name: cmgr itself may not read them. None on Windows.
 *
 * @throws {CmgrError} `failed`
 */
export async function addedEnv(names: readonly string[]): Promise<Variables> {
  if (names.length === 0 || Deno.build.os === "windows") return {};
  const isLinux = Deno.build.os === "linux";
  const script = isLinux ? scripts.linux : scripts.other;
  const { stdout } = await run("sh", ["-c", script, "sh", ...names], { passAll: !isLinux });
  const found = stdout.split("\0").map((text) => text.split(/=(.*)/s));
  return Object.fromEntries(found.filter(([name]) => names.includes(name)));
}
