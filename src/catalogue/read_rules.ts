/**
 * The rules in force: the catalogue, and over it the user's own in `~/.cmgr/tools.jsonc`.
 *
 * @module
 */
import { readTextIfPresent } from "../system/read.ts";
import type { Paths } from "../paths.ts";
import { catalogue } from "./built_in.ts";
import type { Rule } from "./rule.ts";

/**
 * Reads the rules in force: the user's first, then those of the catalogue that the user has not
 * written anew. What the user says of a name that the catalogue has replaces those fields alone.
 *
 * Needs read permission for `~/.cmgr`.
 *
 * @param paths Where the file is
 * @throws {CmgrError} `damaged`, with line and field, when the file cannot be used
 */
export async function readRules(paths: Paths): Promise<readonly Rule[]> {
  const text = await readTextIfPresent(paths.tools);
  if (text === undefined) return catalogue;
  // Few people have the file, so that what reads it is loaded only for them.
  const { mergeRules, parseUserRules } = await import("./user_rules.ts");
  return mergeRules(parseUserRules(text, paths.tools));
}
