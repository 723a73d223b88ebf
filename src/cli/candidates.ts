/** Completion candidates for values and arguments. */
import type { Argument, Option } from "@commander-js/extra-typings";
import type { Context } from "../context.ts";
import { loadInstance } from "../instance.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import { choicesOf, instanceEntries, meaningOf, settingEntries } from "../settings/schema.ts";
import type { TypedLine } from "../completion/position.ts";

export type Candidate = readonly [value: string, description: string];

export interface Place extends TypedLine {
  readonly context: Context;
  readonly command: string;
}

const serverActions: readonly Candidate[] = [
  ["add", "Add a server"],
  ["remove", "Remove a server"],
  ["list", "List the servers"],
];

/** @param typed The part of the value before the cursor */
export async function valuesOf(
  place: Place,
  { long, argChoices }: Option,
  typed: string,
): Promise<Candidate[]> {
  if (argChoices) return argChoices.map((choice) => [choice, ""]);
  switch (long) {
    case "--instance":
      return await instances(place.context);
    case "--tools": {
      const list = typed.slice(0, typed.lastIndexOf(",") + 1);
      const rules = (await place.context.rules()).filter(({ template }) => template);
      return [
        ...rules.map(({ name }): Candidate => [list + name, "MCP server"]),
        ...(list === "" ? [["all", "all servers"], ["none", "no servers"]] as const : []),
      ];
    }
    case "--unpin":
    case "--pin":
    case "--server":
      return await toolsOf(place);
    case "--restore":
    case "--show":
      return await backups(place);
    default:
      return [];
  }
}

export async function argumentsOf(
  place: Place,
  argument: Argument,
): Promise<Candidate[]> {
  const { context, command, before } = place;
  if (command === "mcp") return await mcpWords(place);
  if (argument.argChoices) return argument.argChoices.map((choice) => [choice, ""]);
  const name = argument.name();
  switch (name) {
    case "name":
    case "names":
    case "source":
    case "old":
      return await namesFor(context, command, name);
    case "tools":
    case "servers":
      return await toolsOf(place);
    case "key":
      return settingKeys(place);
    case "values":
      return before[0] === "set" ? await settingValues(place) : [];
    default:
      return [];
  }
}

async function namesFor(context: Context, command: string, argument: string): Promise<Candidate[]> {
  // These name a new instance.
  if (command === "create" || command === "clone" && argument !== "source") return [];
  if (command === "restore" || command === "trash") {
    const { readTrash } = await import("../instances/trash.ts");
    const { entries } = await readTrash(context.paths);
    return [...new Set(entries.map(({ record }) => record.name))]
      .map((name) => [name, "removed instance"]);
  }
  return await instances(context);
}

async function instances({ paths }: Context): Promise<Candidate[]> {
  return namesOf(await readInstances(paths)).map((name) => [name, "instance"]);
}

/** `mcp add|remove|list TOOL`, with the instance first or not. */
async function mcpWords(place: Place): Promise<Candidate[]> {
  const { context, before } = place;
  if (before.length === 0) return [...serverActions, ...await instances(context)];
  const isAction = (word: string) => serverActions.some(([action]) => action === word);
  const [action, ...rest] = isAction(before[0]) ? before : before.slice(1);
  if (action === undefined) return [...serverActions];
  if (rest.length > 0) return [];
  if (action === "add") {
    return (await context.rules()).map(({ name }) => [name, "known MCP server"]);
  }
  return action === "remove" ? await toolsOf(place) : [];
}

async function toolsOf(place: Place): Promise<Candidate[]> {
  const instance = await instanceOf(place);
  const [allocation, config] = [await instance.allocation(), await instance.config()];
  const tools = [
    ...(allocation?.offsets.keys() ?? []),
    ...(config?.entries ?? []).map(({ key }) => key),
  ];
  return [...new Set(tools)].map((tool) => [tool, "server"]);
}

async function backups(place: Place): Promise<Candidate[]> {
  const { listBackups } = await import("../config/backups.ts");
  const { name } = await instanceOf(place);
  return (await listBackups(place.context.paths, name))
    .map(({ when }, i) => [String(i + 1), `replaced at ${when}`]);
}

async function instanceOf({ context, command, before, given }: Place) {
  const named = given.get("--instance");
  if (named !== undefined) return await loadInstance(context, named);
  const isAction = command === "mcp" && serverActions.some(([action]) => action === before[0]);
  return await chooseInstance(context, isAction ? undefined : before[0]);
}

function settingKeys({ before, given }: Place): Candidate[] {
  if (!["get", "set", "unset"].includes(before[0])) return [];
  const entries = given.has("--instance") ? instanceEntries : settingEntries;
  return Object.keys(entries).flatMap((key): Candidate[] => {
    const meaning = meaningOf(key);
    return meaning === undefined ? [] : [[key, meaning]];
  });
}

async function settingValues({ context, before: [, key] }: Place): Promise<Candidate[]> {
  if (key === "defaultInstance") return await instances(context);
  return choicesOf(key).map((choice) => [choice, ""]);
}
