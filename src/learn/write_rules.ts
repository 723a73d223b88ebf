/** Writes rules into the user's `tools.jsonc`, and keeps comments and layout. */
import type { Node } from "jsonc-parser";
import { parseUserRules, type UserRule } from "../catalogue/user_rules.ts";
import type { Context } from "../context.ts";
import { applyEdits, setMembers } from "../json/edit.ts";
import { type Member, memberOf } from "../json/node.ts";
import { parseNodes } from "../json/parse.ts";
import { locked } from "../registry/lock.ts";
import { schemasUrl } from "../settings/schema.ts";
import { readTextIfPresent } from "../system/read.ts";
import { ensureFolder, replaceFile } from "../system/write.ts";

const newFile = `{\n  "$schema": "${schemasUrl}/tools.schema.json",\n  "tools": {}\n}\n`;

/** @throws {CmgrError} `damaged`, when the file cannot be used as it is; `locked`, `failed` */
export async function writeRules(context: Context, rules: readonly UserRule[]): Promise<void> {
  const { paths } = context;
  await locked(context, "learn", async () => {
    const before = await readTextIfPresent(paths.tools) ?? "";
    parseUserRules(before, paths.tools);
    const after = rules.reduce((text, rule) => withRule(text, rule), before);
    parseUserRules(after, paths.tools);
    await ensureFolder(paths.state);
    await replaceFile(paths.tools, after);
  });
}

/** These are replaced, and removed if learning found nothing for them. */
const learntFields = ["ports", "hazards", "secondCopy", "learnt", "source"];

/** Pure. */
export function withRule(text: string, rule: UserRule): string {
  const before = text.trim() === "" || parse(text) === undefined ? newFile : text;
  const root = parse(before)!;
  const { name } = rule;
  const fields = fieldsOf(rule);
  const set = (object: Node, values: Record<string, unknown>, gone: readonly Member[] = []) =>
    applyEdits(before, setMembers({ text: before, root }, object, values, gone));
  const tools = memberOf(root, "tools")?.value;
  if (tools === undefined) return set(root, { tools: { [name]: fields } });
  const own = memberOf(tools, name)?.value;
  if (own === undefined) return set(tools, { [name]: fields });
  const gone = learntFields.filter((field) => !Object.hasOwn(fields, field))
    .flatMap((field) => memberOf(own, field) ?? []);
  // The user's own values for these stay.
  const kept = ["packages", "commands", "keys", "env"].filter((field) => memberOf(own, field));
  const values = Object.entries(fields).filter(([field]) => !kept.includes(field));
  return set(own, Object.fromEntries(values), gone);
}

/** The fields of a rule in the file. */
function fieldsOf({ name: _name, aliases, ...rule }: UserRule): Record<string, unknown> {
  const packages = rule.packages?.length === 0 ? undefined : rule.packages;
  const fields = Object.entries({ ...rule, packages, keys: aliases });
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

function parse(text: string) {
  return parseNodes(text, { name: "tools.jsonc", hint: "", comments: true });
}
