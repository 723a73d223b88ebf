/** Writes rules into the user's `tools.jsonc`; comments and layout of what is not changed stay. */
import type { Rule } from "../catalogue/rule.ts";
import { parseUserRules, type UserRule } from "../catalogue/user_rules.ts";
import type { Context } from "../context.ts";
import { applyEdits, setMembers } from "../json/edit.ts";
import { memberOf } from "../json/node.ts";
import { parseNodes } from "../json/parse.ts";
import { locked } from "../registry/lock.ts";
import { schemasUrl } from "../settings/schema.ts";
import { readTextIfPresent } from "../system/read.ts";
import { ensureFolder, replaceFile } from "../system/write.ts";

const newFile = `{\n  "$schema": "${schemasUrl}/tools.schema.json",\n  "tools": {}\n}\n`;

/** @throws {CmgrError} `damaged`, when the file cannot be used as it is; `locked`, `failed` */
export async function writeRules(context: Context, rules: readonly UserRule[]): Promise<void> {
  if (rules.length === 0) return;
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

/** What learning finds out of a rule: these fields are replaced, and gone where nothing was found. */
const learntFields: readonly (keyof Rule)[] = [
  "ports",
  "hazards",
  "secondCopy",
  "learnt",
  "source",
];

/** Pure. */
export function withRule(text: string, rule: UserRule): string {
  const before = text.trim() === "" || parse(text) === undefined ? newFile : text;
  const root = parse(before)!;
  const tools = memberOf(root, "tools")?.value;
  const { name, ...fields } = asWritten(rule);
  if (tools === undefined) {
    const edits = setMembers({ text: before, root }, root, { tools: { [name]: fields } });
    return applyEdits(before, edits);
  }
  const own = memberOf(tools, name)?.value;
  if (own === undefined) {
    return applyEdits(before, setMembers({ text: before, root }, tools, { [name]: fields }));
  }
  const gone = learntFields.filter((field) => !Object.hasOwn(fields, field))
    .flatMap((field) => memberOf(own, field) ?? []);
  // The user's own names for it stay.
  const kept = ["packages", "commands", "keys", "env"].filter((field) => memberOf(own, field));
  const values = Object.fromEntries(
    Object.entries(fields).filter(([field]) => !kept.includes(field)),
  );
  return applyEdits(before, setMembers({ text: before, root }, own, values, gone));
}

/** A rule as the file has it. */
export function asWritten(
  { name, aliases, ...rule }: UserRule,
): { name: string } & Record<string, unknown> {
  const packages = rule.packages?.length === 0 ? undefined : rule.packages;
  const fields = { ...rule, packages, keys: aliases };
  return {
    name,
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  };
}

function parse(text: string) {
  return parseNodes(text, { name: "tools.jsonc", hint: "", comments: true });
}
