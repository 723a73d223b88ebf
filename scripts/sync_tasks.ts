/**
 * Writes the permissions of `src/permissions.ts` into the tasks of `deno.json`.
 *
 * @module
 */
import { flags } from "../src/permissions.ts";

const file = new URL("../deno.json", import.meta.url);

/**
 * The command line of the task `cmgr`: the program from source, with exactly its permissions.
 * The task's shell fills in `$HOME`.
 */
export function sourceTask(): string {
  const quoted = flags("$HOME").map((flag) =>
    flag.includes("=") ? flag.replace(/=(.*)$/, '="$1"') : flag
  );
  return ["deno run -q", ...quoted, "main.ts"].join(" ");
}

if (import.meta.main) {
  const config = JSON.parse(await Deno.readTextFile(file));
  config.tasks.cmgr.command = sourceTask();
  await Deno.writeTextFile(file, `${JSON.stringify(config, undefined, 2)}\n`);
}
