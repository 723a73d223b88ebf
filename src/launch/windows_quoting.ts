/** Arguments as one line, as Windows programs take them: pure. */

/** Joins arguments so that a program of Microsoft's C runtime splits them alike. */
export function commandLine(args: readonly string[]): string {
  return args.map((arg) => {
    if (arg !== "" && !/[\s"]/.test(arg)) return arg;
    // Backslashes mean themselves, except before a quote, where each is written twice.
    return `"${arg.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
  }).join(" ");
}
