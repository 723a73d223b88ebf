import { CmgrError } from "../errors.ts";
import { commandPrompt } from "./command_prompt.ts";
import { inheritedEnv } from "./inherited_env.ts";
import { start } from "./run.ts";
import { joinArguments } from "./windows_arguments.ts";

export function editorOf(env: (name: string) => string | undefined): string {
  return env("VISUAL") || env("EDITOR") || (Deno.build.os === "windows" ? "notepad" : "vi");
}

/**
 * Opens a file in an editor on cmgr's own terminal, and waits until it is closed.
 *
 * @param editor A command line: words separated by blanks; on Windows as `cmd` reads it
 * @throws {CmgrError} `failed`
 */
export async function runEditor(
  env: (name: string) => string | undefined,
  editor: string,
  path: string,
): Promise<void> {
  const [program, ...args] = Deno.build.os === "windows"
    ? commandPrompt(`${editor} ${joinArguments([path])}`)
    : ["sh", "-c", 'set -f; exec $0 "$@"', editor, path];
  const child = start(program, args, {
    env: inheritedEnv(env),
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  const { success, code } = await child.status;
  if (success) return;
  throw new CmgrError(
    "failed",
    `The editor ended with exit code ${code}: ${editor}`,
    `Nothing was changed; the copy is kept in ${path}`,
  );
}
