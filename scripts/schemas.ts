/**
 * Writes the JSON Schemas of the files that people write themselves, from the checks that cmgr
 * makes: `schemas/config.schema.json` and `schemas/tools.schema.json`.
 *
 * @module
 */
import * as v from "valibot";
import { fieldsOfRules, userRule } from "../src/catalogue/user_rules.ts";
import { instanceEntries, instancesSchema, settingEntries } from "../src/settings/schema.ts";

type Json = Record<string, unknown>;

/** A schema as valibot holds it; which members there are follows from its type. */
interface Node {
  readonly type: string;
  readonly pipe?: readonly Node[];
  readonly wrapped?: Node;
  readonly item?: Node;
  readonly value?: Node;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly options?: readonly unknown[];
  readonly requirement?: unknown;
}

/** What valibot cannot tell: the values of objects whose names are free. */
const values = new Map<unknown, () => Json>([
  [instancesSchema, () => objectOf(instanceEntries as unknown as Record<string, Node>)],
  [fieldsOfRules, () => jsonOf(userRule as unknown as Node)],
]);

function jsonOf(node: Node): Json {
  const free = values.get(node);
  if (free) return { type: "object", additionalProperties: free() };
  const description = node.wrapped === undefined
    ? v.getDescription(node as unknown as v.GenericSchema)
    : undefined;
  return { ...typeOf(node), ...(description !== undefined && { description }) };
}

function typeOf(node: Node): Json {
  if (node.wrapped) return jsonOf(node.wrapped);
  if (node.pipe) {
    // A check of cmgr's own may stand before or behind the schema that tells the type.
    const [inner] = node.pipe.filter(({ type }) => isKnown(type));
    const limits = node.pipe.map((each) => limitOf(each, inner?.type === "array"));
    return Object.assign(inner === undefined ? {} : bareTypeOf(inner), ...limits);
  }
  return bareTypeOf(node);
}

function bareTypeOf(node: Node): Json {
  const { type, item, value, entries, options } = node;
  switch (type) {
    case "array":
      return { type, items: jsonOf(item!) };
    case "record":
      return { type: "object", additionalProperties: jsonOf(value!) };
    case "strict_object":
      return objectOf(entries!);
    case "picklist":
      return { enum: options };
    case "union":
      return { anyOf: (options as Node[]).map(jsonOf) };
    default:
      return { type };
  }
}

function isKnown(type: string): boolean {
  return /^(string|number|boolean|array|record|strict_object|picklist|union)$/.test(type);
}

function limitOf({ type, requirement }: Node, isList: boolean): Json {
  switch (type) {
    case "integer":
      return { type: "integer" };
    case "min_value":
      return { minimum: requirement };
    case "max_value":
      return { maximum: requirement };
    case "non_empty":
      return isList ? { minItems: 1 } : { minLength: 1 };
    case "regex":
      return { pattern: (requirement as RegExp).source };
    default:
      return {};
  }
}

function objectOf(entries: Readonly<Record<string, Node>>): Json {
  const required = Object.keys(entries).filter((key) => entries[key].type !== "optional");
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(entries).map(([key, node]) => [key, jsonOf(node)]),
    ),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** The text of each file, by its name. */
export function schemaFiles(): Map<string, string> {
  const rules = objectOf({
    $schema: settingEntries.$schema as unknown as Node,
    tools: fieldsOfRules as unknown as Node,
  });
  const { required: _, ...tools } = rules;
  const schemas: [string, string, Json][] = [
    ["config", "Settings of cmgr", objectOf(settingEntries as unknown as Record<string, Node>)],
    ["tools", "Rules of your own for MCP servers", tools],
  ];
  return new Map(schemas.map(([name, title, schema]) => [
    `${name}.schema.json`,
    `${
      JSON.stringify(
        {
          $schema: "http://json-schema.org/draft-07/schema#",
          title,
          // An extension that VS Code reads.
          allowTrailingCommas: true,
          ...schema,
        },
        undefined,
        2,
      )
    }\n`,
  ]));
}

if (import.meta.main) {
  const folder = new URL("../schemas/", import.meta.url);
  Deno.mkdirSync(folder, { recursive: true });
  for (const [name, text] of schemaFiles()) Deno.writeTextFileSync(new URL(name, folder), text);
}
