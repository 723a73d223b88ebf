/**
 * All rules: the user's own in `~/.cmgr/tools.jsonc`, then the built-in ones, first those written by
 * hand, then the measured ones. Many commands need no rules, and do not load this module.
 */
import type { Paths } from "../paths.ts";
import { readTextIfPresent } from "../system/read.ts";
import { catalogue } from "./built_in.ts";
import measured from "./measured_rules.json" with { type: "json" };
import type { Rule } from "./rule.ts";

/** `deno task measure` writes the measured ones. */
export const builtIn: readonly Rule[] = [...catalogue, ...measured as unknown as readonly Rule[]];

/** @throws {CmgrError} `damaged`, with line and field, when the user's file cannot be used */
export async function readRules(paths: Paths): Promise<readonly Rule[]> {
  const text = await readTextIfPresent(paths.tools);
  if (text === undefined) return builtIn;
  const { mergeRules, parseUserRules } = await import("./user_rules.ts");
  return mergeRules(parseUserRules(text, paths.tools), builtIn);
}
