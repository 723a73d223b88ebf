/**
 * Command lines of Windows, where a program gets its arguments as one text:
 * https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments.
 */

/** Joins arguments so that programs with Microsoft's C runtime split them the same way. */
export function joinArguments(args: readonly string[]): string {
  return args.map((arg) => {
    if (arg !== "" && !/[\s"]/.test(arg)) return arg;
    // Backslashes mean themselves, except before a quote, where each is doubled.
    return `"${arg.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
  }).join(" ");
}

/** Splits a command line, including the program; two quotes in a row are dropped. */
export function splitArguments(line: string): string[] {
  const args: string[] = [];
  let arg: string | undefined;
  let isQuoted = false;
  for (const [text, backslashes] of line.matchAll(/(\\*)"|\\+|[^\\"]/g)) {
    if (backslashes !== undefined) {
      arg = (arg ?? "") + "\\".repeat(backslashes.length / 2);
      if (backslashes.length % 2 === 1) arg += '"';
      else isQuoted = !isQuoted;
    } else if (isQuoted || !/\s/.test(text)) arg = (arg ?? "") + text;
    else if (arg !== undefined) {
      args.push(arg);
      arg = undefined;
    }
  }
  return arg === undefined ? args : [...args, arg];
}
