/** What only the system knows: who the user is, and which programs are installed. */
import { run } from "../system/run.ts";

const commandScript =
  'for program; do command -v -- "$program" >/dev/null && echo y || echo n; done';

/** `undefined` where users have no number. */
export async function userId(): Promise<number | undefined> {
  const id = await ask("id -u", []);
  return /^\d+$/.test(id) ? Number(id) : undefined;
}

/** The commands that cannot be found or run; none where the system cannot be asked. */
export async function missingCommands(commands: readonly string[]): Promise<Set<string>> {
  if (commands.length === 0) return new Set();
  const answers = (await ask(commandScript, commands)).split("\n");
  return new Set(commands.filter((_, i) => answers[i] === "n"));
}

/** @returns Empty where the system cannot be asked */
async function ask(script: string, args: readonly string[]): Promise<string> {
  if (Deno.build.os === "windows") return "";
  const answer = await run("sh", ["-c", script, "sh", ...args]).catch(() => undefined);
  return answer?.stdout.trim() ?? "";
}
