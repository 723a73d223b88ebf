/**
 * `cmgr complete`, which the completion scripts call: prints a candidate per line, with its
 * description after a tab.
 */
import { Command, Help } from "@commander-js/extra-typings";
import { type Candidate, candidatesFor } from "./candidates.ts";
import { topics } from "./overview.ts";
import { positionIn } from "../completion/position.ts";
import { printable } from "../terminal/output.ts";
import type { CommandModule, CommandTable, Session } from "../session/session.ts";

export function completeIn(table: CommandTable): CommandModule {
  return {
    define: (command, session) => define(table, command, session),
    notes: `Examples:
  cmgr complete -- start ""`,
  };
}

function define(table: CommandTable, command: CliCommand, session: Session): void {
  command
    .argument("[words...]", "after --: the words after cmgr; the last is completed")
    .action(async (words) => {
      try {
        const typed = words.at(-1) ?? "";
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
    const visible = [...table].filter(([, { hidden }]) => !hidden);
    return [
      ...visible.map(([command, { summary }]): Candidate => [command, summary]),
      ["help", "Show help for a command or topic"],
    ];
  }
  if (typed === "help") {
    return [
      ...[...table.keys()].map((command): Candidate => [command, ""]),
      ...Object.entries(topics).filter(([topic]) => !table.has(topic)),
    ];
  }
  const found = [...table].find(([name, { aliases = [] }]) => [name, ...aliases].includes(typed));
  if (found === undefined) return [];
  const [name, entry] = found;
  const command = new Command(name).helpOption("-h, --help", "show help");
  (await entry.load()).define(command as unknown as CliCommand, session);
  const options = new Help().visibleOptions(command as unknown as CliCommand);
  const position = positionIn({ options, arguments: command.registeredArguments }, rest);
  switch (position.kind) {
    case "option":
      return options.flatMap(({ long, description }) => long ? [[long, description]] : []);
    case "value": {
      const { key, choices, prefix, line } = position;
      const context = await session.context();
      const typed = rest[rest.length - 1].slice(prefix.length);
      const place = { context, command: name, typed, ...line };
      const values = await candidatesFor(place, key, choices);
      return values.map(([value, meaning]) => [prefix + value, meaning]);
    }
    case "unknown":
      return [];
  }
}
