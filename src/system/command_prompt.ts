/**
 * Programs by any name on Windows, where cmgr may run a fixed list alone: `cmd`, which is on it,
 * runs the others, and finds `npx` though its file is `npx.cmd`.
 */
import { joinArguments } from "./windows_arguments.ts";

/** What `cmd` would read as its own: https://ss64.com/nt/syntax-esc.html. */
const special = /[()\][%!^"`<>&|;, *?]/g;

/** @returns Program and arguments of `cmd`, to be passed on as they are */
export function byCommandPrompt(command: readonly string[]): string[] {
  const [program, ...args] = command;
  const words = [program, ...args.map((arg) => joinArguments([arg]))];
  return commandPrompt(words.map((word) => word.replace(special, "^$&")).join(" "));
}

/** @param line As the user would type it */
export function commandPrompt(line: string): string[] {
  // Without /s the quotes around it would stay when there are others in it; /d starts nothing else.
  return ["cmd", "/d", "/s", "/c", `"${line}"`];
}
