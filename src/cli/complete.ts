/**
 * `cmgr complete`, which the completion scripts call: a candidate per line, with its description
 * after a tab. It reads only, and an error means no candidates.
 */
import { Command } from "@commander-js/extra-typings";
import {
  type ArgumentShape,
  type CommandShape,
  type OptionShape,
  positionIn,
} from "../completion/position.ts";
import type { Context } from "../context.ts";
import { printable } from "../terminal/output.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import type { CommandModule, CommandTable, Session } from "../session/session.ts";

type Candidate = readonly [value: string, description: string];

export function completeIn(table: CommandTable): CommandModule {
  return { define: (command, session) => define(table, command, session) };
}

function define(table: CommandTable, command: CliCommand, session: Session): void {
  command
    .argument("[words...]", "after --: the words after cmgr; the last is completed")
    .addHelpText(
      "after",
      `
Examples:
  cmgr complete -- start ""`,
    )
    .action(async (words) => {
      try {
        const typed = words[words.length - 1] ?? "";
        const found = (await candidates(table, session, words)).filter(([value]) =>
          // A candidate with control characters could drive the terminal.
          value.startsWith(typed) && printable(value) === value
        );
        session.io.out(found.map(([value, meaning]) => `${value}\t${meaning}\n`).join(""));
      } catch {
        // Whoever presses the tab key wants no error message.
      }
    });
}

async function candidates(
  table: CommandTable,
  session: Session,
  words: readonly string[],
): Promise<Candidate[]> {
  const [name, ...rest] = words;
  if (rest.length === 0) {
    const shown = [...table].filter(([, { hidden }]) => !hidden);
    return [
      ...shown.map(([command, { summary }]): Candidate => [command, summary]),
      ["help", "Show help for a command"],
    ];
  }
  if (name === "help") return [...table.keys()].map((command) => [command, ""]);
  const entry = table.get(name);
  if (entry === undefined) return [];
  const command = new Command(name);
  (await entry.load()).define(command as unknown as CliCommand, session);
  const shape = shapeOf(command as unknown as CliCommand);
  const position = positionIn(shape, rest);
  switch (position.kind) {
    case "option":
      return shape.options.flatMap(({ long, description }) =>
        long === undefined ? [] : [[long, description] as const]
      );
    case "value": {
      const { option, prefix } = position;
      const values = await valuesOf(session, option, rest);
      return values.map(([value, meaning]) => [prefix + value, meaning]);
    }
    case "argument":
      return await argumentsOf(session, name, position.argument, position.before);
    case "unknown":
      return [];
  }
}

function shapeOf(command: CliCommand): CommandShape {
  return {
    options: [
      ...command.options.filter(({ hidden }) => !hidden).map((option): OptionShape => ({
        long: option.long ?? undefined,
        short: option.short ?? undefined,
        description: option.description,
        needsValue: option.required,
        choices: option.argChoices,
      })),
      {
        long: "--help",
        short: "-h",
        description: "show help",
        needsValue: false,
        choices: undefined,
      },
    ],
    arguments: command.registeredArguments.map((argument): ArgumentShape => ({
      name: argument.name(),
      isRepeated: argument.variadic,
      choices: argument.argChoices,
    })),
  };
}

async function valuesOf(
  session: Session,
  { long, choices }: OptionShape,
  words: readonly string[],
): Promise<Candidate[]> {
  if (choices) return choices.map((choice) => [choice, ""]);
  const context = await session.context();
  switch (long) {
    case "--tools": {
      const rules = await context.rules();
      return rules.filter(({ template }) => template).map(({ name }) => [name, "MCP server"]);
    }
    case "--unpin":
    case "--pin":
      return await toolsOf(context, words[0]);
    default:
      return [];
  }
}

async function argumentsOf(
  session: Session,
  command: string,
  { name, choices }: ArgumentShape,
  before: readonly string[],
): Promise<Candidate[]> {
  if (choices) return choices.map((choice) => [choice, ""]);
  const context = await session.context();
  switch (name) {
    case "name":
    case "names":
    case "source":
      return await instancesFor(context, command, name);
    case "action":
      return command === "mcp"
        ? [["add", "Add a server"], ["remove", "Remove a server"], ["list", "List the servers"]]
        : [];
    case "tool":
      return before[1] === "add"
        ? (await context.rules()).map(({ name }) => [name, "known MCP server"])
        : await toolsOf(context, before[0]);
    default:
      return [];
  }
}

async function instancesFor(
  context: Context,
  command: string,
  argument: string,
): Promise<Candidate[]> {
  // These make up a new name.
  if (command === "create" || command === "clone" && argument === "name") return [];
  if (command === "restore" || command === "trash") {
    const { readTrash } = await import("../instances/trash.ts");
    const { entries } = await readTrash(context.paths);
    return [...new Set(entries.map(({ record }) => record.name))]
      .map((name) => [name, "removed instance"]);
  }
  const names = namesOf(await readInstances(context.paths));
  return names.map((name) => [name, "instance"]);
}

async function toolsOf(context: Context, name: string | undefined): Promise<Candidate[]> {
  if (name === undefined) return [];
  const { loadInstance } = await import("../instance.ts");
  const instance = await loadInstance(context, name);
  const [allocation, config] = [await instance.allocation(), await instance.config()];
  const tools = [
    ...(allocation?.offsets.keys() ?? []),
    ...(config?.entries ?? []).map(({ key }) => key),
  ];
  return [...new Set(tools)].map((tool) => [tool, "tool"]);
}
