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
