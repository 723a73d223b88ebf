/**
 * `cmgr complete`, which the completion scripts call: a candidate per line, with its description
 * after a tab. It reads only, and an error means no candidates.
 */
import { Command } from "@commander-js/extra-typings";
import { argumentsOf, type Candidate, valuesOf } from "./candidates.ts";
import { topics } from "./overview.ts";
import {
  type ArgumentShape,
  type CommandShape,
  type OptionShape,
  positionIn,
} from "../completion/position.ts";
import { printable } from "../terminal/output.ts";
import type { CommandModule, CommandTable, Session } from "../session/session.ts";

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
        // The tab key shows no error messages.
      }
    });
}

async function candidates(
  table: CommandTable,
  session: Session,
  words: readonly string[],
): Promise<Candidate[]> {
  const [typed, ...rest] = words;
  if (rest.length === 0) {
    const shown = [...table].filter(([, { hidden }]) => !hidden);
    return [
      ...shown.map(([command, { summary }]): Candidate => [command, summary]),
      ["help", "Show help for a command or topic"],
    ];
  }
  if (typed === "help") {
    return [
      ...[...table.keys()].map((command): Candidate => [command, ""]),
      ...Object.entries(topics).filter(([topic]) => !table.has(topic)),
    ];
  }
  const found = [...table].find(([name, { aliases = [] }]) =>
    name === typed || aliases.includes(typed)
  );
  if (found === undefined) return [];
  const [name, entry] = found;
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
      const { option, prefix, line } = position;
      const place = { context: await session.context(), command: name, ...line };
      const written = rest[rest.length - 1].slice(prefix.length);
      const values = await valuesOf(place, option, written);
      return values.map(([value, meaning]) => [prefix + value, meaning]);
    }
    case "argument": {
      const place = { context: await session.context(), command: name, ...position.line };
      return await argumentsOf(place, position.argument);
    }
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
        takesValue: option.required || option.optional,
      })),
      {
        long: "--help",
        short: "-h",
        description: "show help",
        needsValue: false,
        takesValue: false,
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
