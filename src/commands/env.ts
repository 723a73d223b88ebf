/**
 * `cmgr env`.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { environmentOf } from "../launch/environment.ts";
import { readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { readPorts } from "../registry/ports.ts";
import { allocationOf } from "../registry/ranges.ts";
import { exportLine, type Shell, shells } from "../terminal/shell_quoting.ts";
import type { Session } from "../session/session.ts";

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .addOption(
      new Option("--shell <shell>", "for whom the variables are written")
        .choices([...shells, "json"] as const).default("sh" as const),
    )
    .option("--json", "print the variables as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr env work
  eval "$(cmgr env work)"
  cmgr env work --shell fish
  cmgr env work --json`,
    )
    .action((name, options) =>
      env(session, name, options.json ? "json" : options.shell as Shell | "json")
    );
}

async function env(session: Session, name: string, shell: Shell | "json"): Promise<void> {
  const { paths } = await session.context();
  requireInstance(await readInstances(paths), name);
  const variables = environmentOf(paths, name, allocationOf(await readPorts(paths), name));
  session.show({
    asJson: shell === "json",
    json: variables,
    text: shell === "json" ? "" : Object.entries(variables)
      .map(([key, value]) => `${exportLine(key, value, shell)}\n`).join(""),
  });
}
