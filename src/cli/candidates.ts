/** Completion candidates for values and arguments. */
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
  /** The part of the value that is already typed. */
  readonly typed: string;
}

const serverActions: readonly Candidate[] = [
  ["add", "Add a server"],
  ["remove", "Remove a server"],
  ["list", "List the servers"],
];

/** By the long names of options, and the names of arguments. */
const sources: Readonly<Record<string, (place: Place) => Candidate[] | Promise<Candidate[]>>> = {
  "--instance": instances,
  "--pin": toolsOf,
  "--restore": backups,
  "--server": toolsOf,
  "--show": backups,
  "--tools": catalogueTools,
  "--unpin": toolsOf,
  "key": settingKeys,
  "name": instancesFor,
  "names": instancesFor,
  "old": instances,
  "servers": toolsOf,
  "source": instances,
  "tools": toolsOf,
  "values": settingValues,
};

/** @param key The long name of an option, or the name of an argument */
export async function candidatesFor(
  place: Place,
  key: string,
  choices: readonly string[] | undefined,
): Promise<Candidate[]> {
  if (place.command === "mcp" && !key.startsWith("--")) return await mcpWords(place);
  if (choices) return choices.map((choice) => [choice, ""]);
  return await sources[key]?.(place) ?? [];
}

/** One or several names with commas in between. */
async function catalogueTools({ context, typed }: Place): Promise<Candidate[]> {
  const list = typed.slice(0, typed.lastIndexOf(",") + 1);
  const rules = (await context.rules()).filter(({ template }) => template);
  return [
    ...rules.map(({ name }): Candidate => [list + name, "MCP server"]),
    ...(list === "" ? [["all", "all servers"], ["none", "no servers"]] as const : []),
  ];
}

async function instancesFor(place: Place): Promise<Candidate[]> {
  switch (place.command) {
    // These name a new instance.
    case "create":
    case "clone":
      return [];
    case "restore":
    case "trash": {
      const { readTrash } = await import("../instances/trash.ts");
      const { entries } = await readTrash(place.context.paths);
      const names = new Set(entries.map(({ record }) => record.name));
      return [...names].map((name) => [name, "removed instance"]);
    }
    default:
      return await instances(place);
  }
}

async function instances({ context: { paths } }: Place): Promise<Candidate[]> {
  return namesOf(await readInstances(paths)).map((name) => [name, "instance"]);
}

/** `mcp add|remove|list TOOL`, with the instance first or not. */
async function mcpWords(place: Place): Promise<Candidate[]> {
  const { context, before } = place;
  if (before.length === 0) return [...serverActions, ...await instances(place)];
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

async function settingValues(place: Place): Promise<Candidate[]> {
  const [action, key] = place.before;
  if (action !== "set") return [];
  if (key === "defaultInstance") return await instances(place);
  return choicesOf(key).map((choice) => [choice, ""]);
}
