/** The user's own rules in `~/.cmgr/tools.jsonc`, laid over the catalogue. Pure. */
import * as v from "valibot";
import { parseJson } from "../json/parse.ts";
import { dictionaryOf, plainObject, type Schema, wholeNumber } from "../json/validate.ts";
import { highestPort } from "../settings/port_layout.ts";
import { hazardKinds, type PortRule, type Rule, secondCopies } from "./rule.ts";
import { managedVariables, portVariables } from "./spec_rules.ts";

/** The fields that the user has written. */
export type UserRule = Pick<Rule, "name" | "source"> & Partial<Rule>;

/** The user's rules come first; their fields replace those of a rule with the same name. */
export function mergeRules(users: readonly UserRule[], rules: readonly Rule[]): Rule[] {
  const written = users.map((user): Rule => {
    const known = rules.find((rule) => rule.name === user.name);
    return { packages: [], ...known, ...user, isUsers: true };
  });
  const names = new Set(users.map((user) => user.name));
  return [...written, ...rules.filter((rule) => !names.has(rule.name))];
}

/**
 * @param where Names the file in errors
 * @throws {CmgrError} `damaged`, with line and field
 */
export function parseUserRules(text: string, where: string): UserRule[] {
  const { tools } = parseJson(text, rulesFile, {
    name: where,
    comments: true,
    hint:
      "Fix that line; cmgr has not changed the file. The fields are listed by: cmgr tools --help",
  });
  return Object.entries(tools).map(([name, { keys, ...fields }]) => ({
    ...fields,
    ...(keys && { aliases: keys }),
    name,
    source: fields.source ?? where,
  }));
}

const word = v.pipe(
  v.string(),
  v.nonEmpty("is empty"),
  v.check((text) => !text.includes("\0"), "contains a NUL character"),
);
const words = v.pipe(v.array(word), v.readonly());
const variableName = v.pipe(
  word,
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not the name of a variable"),
);
const setByCmgr = "is set by cmgr itself";
const variable = v.pipe(
  variableName,
  v.check((name) => !managedVariables.includes(name), setByCmgr),
);

const portVariable = v.pipe(
  variableName,
  v.check(
    (name) => !managedVariables.includes(name) || portVariables.includes(name),
    setByCmgr,
  ),
);

const portRule: Schema<PortRule> = v.pipe(
  plainObject,
  v.strictObject({
    default: v.optional(wholeNumber(1, highestPort)),
    variables: v.optional(
      v.pipe(v.array(portVariable), v.nonEmpty("names no variable"), v.readonly()),
    ),
    value: v.optional(v.pipe(word, v.includes("{port}", "does not contain {port}"))),
    flag: v.optional(v.pipe(word, v.regex(/^--?[^\s=]+$/, "is not a flag such as --port"))),
    syntax: v.optional(v.picklist(["words", "equals"])),
    after: v.optional(word),
    positional: v.optional(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
    onlyPinned: v.optional(v.boolean()),
    isOccasional: v.optional(v.boolean()),
  }),
  v.check(
    ({ variables, flag, positional }) =>
      [variables, flag, positional].filter((way) => way !== undefined).length <= 1,
    "has more than one of variables, flag and positional",
  ),
  v.check(
    ({ variables, value }) => value === undefined || variables !== undefined,
    'has "value", which needs "variables"',
  ),
  v.check(
    ({ flag, syntax, after }) => flag !== undefined || syntax === undefined && after === undefined,
    'has "syntax" or "after", which need "flag"',
  ),
);

export const userRule = v.pipe(
  plainObject,
  v.strictObject({
    packages: v.optional(words),
    commands: v.optional(words),
    keys: v.optional(words),
    ports: v.optional(v.pipe(
      v.array(portRule),
      v.check(
        ([_, ...others]) =>
          !others.some(({ variables = [] }) =>
            variables.some((name) => portVariables.includes(name))
          ),
        "moves a further port by MCP_PORT, which cmgr itself sets to the first",
      ),
      v.readonly(),
    )),
    env: v.optional(v.record(variable, v.string())),
    hazards: v.optional(v.pipe(
      v.array(v.strictObject({ kind: v.picklist(hazardKinds), text: word, by: v.optional(words) })),
      v.readonly(),
    )),
    secondCopy: v.optional(v.picklist(secondCopies)),
    learnt: v.optional(v.strictObject({
      package: word,
      version: word,
      date: v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/, "is not a date such as 2026-01-31")),
    })),
    source: v.optional(v.string()),
  }),
);

export const fieldsOfRules = dictionaryOf(userRule);

const tools = v.pipe(
  fieldsOfRules,
  v.check((rules) => !Object.hasOwn(rules, ""), "has a tool without a name"),
);
const rulesFile = v.pipe(
  plainObject,
  v.strictObject({ $schema: v.optional(v.string()), tools: v.optional(tools, {}) }),
);
