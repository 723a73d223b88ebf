/** The rules in force: the user's own in `~/.cmgr/tools.jsonc`, then the built-in ones. */
import type { Paths } from "../paths.ts";
import { readTextIfPresent } from "../system/read.ts";
import { catalogue } from "./built_in.ts";
import type { Rule } from "./rule.ts";
import { mergeRules, parseUserRules } from "./user_rules.ts";

/** @throws {CmgrError} `damaged`, with line and field, when the user's file cannot be used */
export async function readRules(paths: Paths): Promise<readonly Rule[]> {
  const text = await readTextIfPresent(paths.tools);
  return text === undefined ? catalogue : mergeRules(parseUserRules(text, paths.tools));
}
