/**
 * What only the system can tell: who the user is, and which programs there are.
 *
 * @module
 */

const commandScript =
  'for program; do command -v -- "$program" >/dev/null && echo y || echo n; done';

/**
 * The number of the user.
 *
 * Needs run permission for `sh`.
 *
 * @returns `undefined` where users have none
 */
export async function userId(): Promise<number | undefined> {
  if (Deno.build.os === "windows") return undefined;
  const id = (await ask("id -u", []))?.trim();
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined;
}

/**
 * The commands that cannot be found or run.
 *
 * Needs run permission for `sh`.
 *
 * @param commands Names or absolute paths
 * @returns None where nobody can be asked
 */
export async function missingCommands(commands: readonly string[]): Promise<Set<string>> {
  if (Deno.build.os === "windows" || commands.length === 0) return new Set();
  const answers = (await ask(commandScript, commands))?.trim().split("\n") ?? [];
  return new Set(commands.filter((_, i) => answers[i] === "n"));
}

async function ask(script: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", script, "sh", ...args],
      stdin: "null",
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout);
  } catch {
    return undefined;
  }
}
