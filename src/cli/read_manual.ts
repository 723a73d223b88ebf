/** Makes the manual page from the command table and the topics. */
import { Command } from "@commander-js/extra-typings";
import type { Session } from "../session/session.ts";
import { version } from "../build.ts";
import { writeManual } from "./manual.ts";
import { type Topic, topics } from "./overview.ts";
import { table } from "./table.ts";
import { formatTopic } from "./topics.ts";

const width = 72;

export async function readManual(session: Session): Promise<string> {
  const visible = [...table].filter(([, { hidden }]) => !hidden);
  const entries = await Promise.all(visible.map(async ([name, { summary, load }]) => {
    const command = new Command(name);
    const { define, notes } = await load();
    define(command as unknown as Command, session);
    return {
      name,
      description: `${summary}.`,
      usage: command.usage(),
      terms: [
        ...command.registeredArguments.map((argument) =>
          [termOf(argument), argument.description] as const
        ),
        ...command.options.map(({ flags, description }) => [flags, description] as const),
      ],
      notes: notes.trimStart(),
    };
  }));
  const pages = await Promise.all(
    (Object.keys(topics) as Topic[]).map(async (name) => ({
      name,
      text: await formatTopic(name, width, false),
    })),
  );
  return writeManual(version, entries, pages);
}

function termOf(argument: Command["registeredArguments"][number]): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}
