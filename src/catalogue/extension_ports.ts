/** The ports of a desktop extension, which nobody moves. Pure. */
import { type Launch, recognise } from "./recognise.ts";
import type { Rule } from "./rule.ts";

/** An extension as far as its ports are concerned. */
interface PortUser extends Launch {
  readonly env: Readonly<Record<string, string>>;
}

/** What its own settings say, or else the ports that its server binds when nobody moves them. */
export function extensionPorts(extension: PortUser, rules: readonly Rule[]): number[] {
  const [{ ports }] = recognise([extension], rules);
  const found = ports.flatMap(({ default: usual, variables = [], flag }) => {
    const named = variables.map((name) => extension.env[name]);
    const at = flag === undefined ? -1 : extension.args.indexOf(flag);
    const own = [...named, at === -1 ? undefined : extension.args[at + 1]].find((text) =>
      /^\d{1,5}$/.test(text ?? "")
    );
    return own === undefined ? usual ?? [] : Number(own);
  });
  return [...new Set(found)].sort((a, b) => a - b);
}
