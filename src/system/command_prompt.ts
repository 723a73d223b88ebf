/**
 * Runs any program on Windows: cmgr may run only a fixed list. `cmd`, which is on it, runs the
 * others, and finds `npx` although its file is `npx.cmd`.
 */
import { joinArguments } from "./windows_arguments.ts";

/** Characters that `cmd` would interpret: https://ss64.com/nt/syntax-esc.html. */
const special = /[()\][%!^"`<>&|;, *?]/g;

export function byCommandPrompt(command: readonly string[]): string[] {
  const [program, ...args] = command;
  const words = [program, ...args.map((arg) => joinArguments([arg]))];
  return commandPrompt(words.map((word) => word.replace(special, "^$&")).join(" "));
}

/** @param line As the user would type it */
export function commandPrompt(line: string): string[] {
  // /s: the outer quotes are removed even when there are others inside; /d: no AutoRun commands.
  return ["cmd", "/d", "/s", "/c", `"${line}"`];
}
