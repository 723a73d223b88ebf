/** Which program is Claude Desktop. */
import { isAbsolute, join } from "node:path";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { physicalPaths } from "../sandbox/host.ts";
import { run } from "../system/run.ts";

/** Where to download Claude Desktop. */
export const downloadPage = "https://claude.ai/download";

/** Where Claude Desktop is looked for, the best place first. */
export function usualLaunchers(
  os: string,
  home: string,
  localAppData: string | undefined,
): string[] {
  switch (os) {
    case "darwin":
      return ["/Applications/Claude.app", join(home, "Applications", "Claude.app")];
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
 * Finds the program that is the app.
 *
 * @returns The program, at its full path where it has one, and arguments that always go first
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
  const found = await firstPresent(usual);
  if (found !== undefined) return [found];
  throw new CmgrError(
    "failed",
    `Claude Desktop was not found; looked for ${usual.join(", ")}`,
    `Install it from ${downloadPage}, or name the program: cmgr start NAME ` +
      `--launcher PATH, or { "launcher": "PATH" } in ${paths.settings}`,
  );
}

const shellScript = `for program; do
  case $program in
    *.app) [ -d "$program" ] && printf '%s' "$program" && exit ;;
    */*) [ -f "$program" ] && [ -x "$program" ] && printf '%s' "$program" && exit ;;
    *) command -v "$program" && exit ;;
  esac
done`;

const windowsScript = `$env:CMGR_LOOK -split "\\n" | ForEach-Object {
  $found = Get-Command $_ -CommandType Application -ErrorAction SilentlyContinue
  if ($found) { $found[0].Source }
} | Select-Object -First 1`;

async function firstPresent(programs: readonly string[]): Promise<string | undefined> {
  const { stdout } = Deno.build.os === "windows"
    ? await run("powershell", ["-NoProfile", "-Command", windowsScript], {
      env: { CMGR_LOOK: programs.join("\n") },
    })
    : await run("sh", ["-c", shellScript, "sh", ...programs]);
  const found = stdout.replace(/\r?\n$/, "");
  if (found === "") return undefined;
  if (isAbsolute(found) || !found.includes("/")) return found;
  // The app starts in another folder, where a relative path leads elsewhere.
  return (await physicalPaths([found])).get(found);
}
