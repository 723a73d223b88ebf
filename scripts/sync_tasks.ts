/**
 * Writes the permissions of `src/permissions.ts` into the tasks of `deno.json`.
 *
 * @module
 */
import { flags, foldersIn } from "../src/permissions.ts";

const file = new URL("../deno.json", import.meta.url);

/**
 * The arguments by which deno runs the program from source, with exactly its permissions.
 *
 * @param home The user's home, or `$HOME` where a shell fills it in
 * @param main The path of `main.ts`
 */
export function sourceArgs(home: string, main: string): string[] {
  return ["run", "-q", ...flags(foldersIn(home)), main];
}

/** The command line of the task `cmgr`, whose shell fills in `$HOME`. */
export function sourceTask(): string {
  const quoted = sourceArgs("$HOME", "main.ts").map((arg) => arg.replace(/=(.*)$/, '="$1"'));
  return ["deno", ...quoted].join(" ");
}

if (import.meta.main) {
  const config = JSON.parse(await Deno.readTextFile(file));
  config.tasks.cmgr.command = sourceTask();
  await Deno.writeTextFile(file, `${JSON.stringify(config, undefined, 2)}\n`);
}
