/**
 * The user's own rules, laid over the catalogue: pure.
 *
 * @module
 */
import {
  getNodeValue,
  type ParseError,
  parseTree,
  printParseErrorCode,
  stripComments,
} from "jsonc-parser";
import * as v from "valibot";
import { CmgrError } from "../errors.ts";
import { highestPort } from "../settings/settings.ts";
import { lineOf } from "../json/position.ts";
import { catalogue } from "./built_in.ts";
import type { HazardKind, PortRule, Rule } from "./rule.ts";

/**
 * Lays rules over the catalogue: pure.
 *
 * @param users The user's rules, each with the fields that were written
 */
export function mergeRules(users: readonly UserRule[]): Rule[] {
  const written = users.map((user): Rule => {
    const known = catalogue.find((rule) => rule.name === user.name);
    return { packages: [], ...known, ...user, isUsers: true };
  });
  const names = new Set(users.map((user) => user.name));
  return [...written, ...catalogue.filter((rule) => !names.has(rule.name))];
}

/** A rule as far as the user has written it. */
export type UserRule = Pick<Rule, "name" | "source"> & Partial<Rule>;

/**
 * Reads the text of `tools.jsonc`: pure.
 *
 * @param text JSON, comments and trailing commas allowed
 * @param where Names the file in errors
 * @throws {CmgrError} `damaged`, with line and field
 */
export function parseUserRules(text: string, where: string): UserRule[] {
  if (stripComments(text).trim() === "") return [];
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) {
    const reason = `not valid JSON (${printParseErrorCode(errors[0].error)})`;
    throw damaged(where, lineOf(text, errors[0].offset), reason);
  }
  if (tree === undefined) return [];
  const result = v.safeParse(fileSchema, getNodeValue(tree));
  if (!result.success) {
    const [issue] = result.issues;
    const path = (issue.path ?? []).map((part) => part.key as string | number);
    const at = nodeAt(tree, path);
    const field = path.length === 0 ? "" : `"${path.join(".")}": `;
    throw damaged(where, lineOf(text, at.offset), `${field}${issue.message}`);
  }
  // valibot drops names that mean something to JavaScript.
  const tools = memberOf(tree, "tools");
  for (const { children: [key] = [] } of tools?.children ?? []) {
    if (Object.hasOwn(result.output.tools, key.value)) continue;
    throw damaged(where, lineOf(text, key.offset), `"tools.${key.value}" cannot be a name here`);
  }
  return Object.entries(result.output.tools).map(([name, { keys, ...fields }]) => ({
    ...fields,
    ...(keys && { aliases: keys }),
    name,
    source: fields.source ?? where,
  }));
}

type Tree = NonNullable<ReturnType<typeof parseTree>>;

function memberOf(tree: Tree, key: string): Tree | undefined {
  return tree.children?.findLast((member) => member.children?.[0].value === key)?.children?.[1];
}

/** The node of a path; of a part that is missing, what it is missing in. */
function nodeAt(tree: Tree, path: readonly (string | number)[]): Tree {
  let at = tree;
  for (const key of path) {
    const next = typeof key === "number"
      ? at.children?.[key]
      : at.children?.findLast((member) => member.children?.[0].value === key);
    if (next === undefined) return at;
    at = next.type === "property" ? next.children![1] ?? next : next;
  }
  return at;
}

function damaged(where: string, line: number, reason: string): CmgrError {
  return new CmgrError(
    "damaged",
    `${where}, line ${line}: ${reason}`,
    "Mend that line; cmgr has left the file as it is. The fields are listed by: cmgr tools --help",
  );
}

const word = v.pipe(
  v.string("must be a text"),
  v.nonEmpty("must not be empty"),
  v.check((text) => !text.includes("\0"), "must not hold a NUL character"),
);
const words = v.pipe(v.array(word, "must be a list of texts"), v.readonly());
const variable = v.pipe(
  word,
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of a variable"),
  v.check((name) => !owned.has(name), "is set by cmgr itself"),
);
const owned = new Set(["MCP_PORT", "MCP_SERVER_PORT", "MCP_BASE_PORT", "CLAUDE_INSTANCE"]);
const portNumber = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(1, "must be a port from 1 to 65535"),
  v.maxValue(highestPort, "must be a port from 1 to 65535"),
);
const truth = v.boolean("must be true or false");

const portRule: v.GenericSchema<unknown, PortRule> = v.pipe(
  v.strictObject({
    default: v.optional(portNumber),
    variables: v.optional(v.pipe(
      v.array(variable, "must be a list of variables"),
      v.nonEmpty("must name a variable"),
      v.readonly(),
    )),
    value: v.optional(v.pipe(word, v.includes("{port}", "must contain {port}"))),
    flag: v.optional(v.pipe(word, v.regex(/^--?[^\s=]+$/, "must be a flag such as --port"))),
    syntax: v.optional(v.picklist(["words", "equals"], 'must be "words" or "equals"')),
    after: v.optional(word),
    positional: v.optional(v.pipe(
      v.number("must be a number"),
      v.integer("must be a whole number"),
      v.minValue(0, "must not be negative"),
    )),
    onlyPinned: v.optional(truth),
    isOccasional: v.optional(truth),
  }, unknownField),
  v.check(
    ({ variables, flag, positional }) =>
      [variables, flag, positional].filter((way) => way !== undefined).length <= 1,
    "has more than one of variables, flag and positional",
  ),
  v.check(
    ({ variables, value }) => value === undefined || variables !== undefined,
    '"value" needs "variables"',
  ),
  v.check(
    ({ flag, syntax, after }) => flag !== undefined || syntax === undefined && after === undefined,
    '"syntax" and "after" need "flag"',
  ),
);

const kinds: readonly HazardKind[] = [
  "exclusive",
  "immovable",
  "leaves-stdio",
  "outlives-client",
  "oauth-redirect",
  "peer-must-know",
  "shared-files",
];

const ruleSchema = v.strictObject({
  packages: v.optional(words),
  commands: v.optional(words),
  keys: v.optional(words),
  ports: v.optional(v.pipe(v.array(portRule, "must be a list of ports"), v.readonly())),
  env: v.optional(
    v.record(variable, v.string("must be a text"), "must be an object of variables"),
  ),
  hazards: v.optional(v.pipe(
    v.array(
      v.strictObject({
        kind: v.picklist(kinds, `must be one of ${kinds.join(", ")}`),
        text: word,
        by: v.optional(words),
      }, unknownField),
      "must be a list of hazards",
    ),
    v.readonly(),
  )),
  source: v.optional(v.string("must be a text")),
}, unknownField);

// valibot takes a list for an object without fields.
const plainObject = v.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);

const fileSchema = v.pipe(
  plainObject,
  v.strictObject({
    tools: v.optional(
      v.pipe(
        plainObject,
        v.record(
          v.pipe(v.string(), v.nonEmpty("a tool needs a name")),
          v.pipe(plainObject, ruleSchema),
        ),
      ),
      {},
    ),
  }, unknownField),
);

/** What to say of a field: nobody knows it, it is missing, or the whole is no object. */
function unknownField({ expected, received }: v.BaseIssue<unknown>): string {
  if (expected === "never") return "is not a field that cmgr knows";
  return received === "undefined" ? "is missing" : "must be an object";
}
