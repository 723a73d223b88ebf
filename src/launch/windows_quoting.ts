/** Joins arguments so that programs with Microsoft's C runtime split them the same way. Pure. */
export function commandLine(args: readonly string[]): string {
  return args.map((arg) => {
    if (arg !== "" && !/[\s"]/.test(arg)) return arg;
    // Backslashes mean themselves, except before a quote, where each is doubled.
    return `"${arg.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
  }).join(" ");
}
