import { isAbsolute } from "node:path";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { physicalPaths } from "../sandbox/host.ts";
import { run } from "../system/run.ts";

export const downloadPage = "https://claude.ai/download";

/** Where to look for Claude Desktop, the best place first. */
export function usualLaunchers(
  os: string,
  home: string,
  localAppData: string | undefined,
): string[] {
  switch (os) {
    case "darwin":
      return ["/Applications/Claude.app", `${home}/Applications/Claude.app`];
    case "windows":
      return [`${localAppData ?? `${home}\\AppData\\Local`}\\AnthropicClaude\\claude.exe`];
    default:
      return [
        "claude-desktop",
        "claude-desktop-unofficial",
        "/usr/lib/claude-desktop/claude-desktop",
      ];
  }
}

/**
 * Finds Claude Desktop: the program, and the arguments that go first.
 *
 * @param named A program to start instead of the app
 * @throws {CmgrError} `failed`, when there is none
 */
export async function findLauncher(context: Context, named?: string): Promise<readonly string[]> {
  const { settings, paths, env } = context;
  const set = named === undefined ? settings.launcher : [named];
  if (set !== undefined) {
    const [program, ...rest] = set;
    const found = await firstPresent([program]);
    if (found !== undefined) return [found, ...rest];
    throw new CmgrError(
      "failed",
      `The launcher ${program} does not exist, or cannot be run`,
      named === undefined
        ? `Fix "launcher" in ${paths.settings}, or remove it, so that cmgr looks for the app`
        : "Name a program that exists: --launcher PATH",
    );
  }
  const usual = usualLaunchers(Deno.build.os, paths.home, env("LOCALAPPDATA"));
  const found = await firstPresent(usual, true);
  if (found !== undefined) {
    const warning = packageWarning(found);
    if (warning) context.notice(warning);
    return [found];
  }
  const places = Deno.build.os === "windows" ? [...usual, "the MSIX package"] : usual;
  throw new CmgrError(
    "failed",
    `Claude Desktop was not found; looked for ${places.join(", ")}`,
    `Install it from ${downloadPage}, or name the program: cmgr start NAME ` +
      `--launcher PATH, or { "launcher": "PATH" } in ${paths.settings}`,
  );
}

/** `undefined` for a program that is not in an MSIX package of Windows. */
export function packageWarning(program: string): string | undefined {
  if (!/[\\/]WindowsApps[\\/]/i.test(program)) return undefined;
  return "Claude Desktop is installed as an MSIX package, and some of its builds refuse " +
    "--user-data-dir: if the window shows another instance's account, name another program with " +
    '"launcher" in the settings';
}

const shellScript = `for program; do
  case $program in
    *.app) [ -d "$program" ] && printf '%s' "$program" && exit ;;
    */*) [ -f "$program" ] && [ -x "$program" ] && printf '%s' "$program" && exit ;;
    *) command -v "$program" && exit ;;
  esac
done`;

/** @param isPackageToo On Windows also looks for the MSIX package, last */
async function firstPresent(
  programs: readonly string[],
  isPackageToo = false,
): Promise<string | undefined> {
  if (Deno.build.os === "windows") {
    return await (await import("./windows_app.ts")).findApp(programs, isPackageToo);
  }
  const { stdout } = await run("sh", ["-c", shellScript, "sh", ...programs]);
  const found = stdout.replace(/\n$/, "");
  if (found === "") return undefined;
  if (isAbsolute(found) || !found.includes("/")) return found;
  // The app starts in another folder, where a relative path would lead elsewhere.
  return (await physicalPaths([found])).get(found);
}
