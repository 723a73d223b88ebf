/** The ports of a desktop extension, which cmgr cannot move. Pure. */
import { type Launch, recognise } from "./recognise.ts";
import type { Rule } from "./rule.ts";

/** The ports that its own settings name, or else the default ones. */
export function extensionPorts(
  extension: Launch & { readonly env: Readonly<Record<string, string>> },
  rules: readonly Rule[],
): number[] {
  const { args, env } = extension;
  const [{ ports }] = recognise([extension], rules);
  const found = ports.flatMap(({ default: usual, variables = [], flag }) => {
    const inFlag = flag !== undefined && args.includes(flag) ? args[args.indexOf(flag) + 1] : "";
    const values = [...variables.map((name) => env[name]), inFlag];
    const own = values.find((value) => /^\d{1,5}$/.test(value ?? ""));
    return own === undefined ? usual ?? [] : Number(own);
  });
  return [...new Set(found)].sort((a, b) => a - b);
}
