import { Option } from "@commander-js/extra-typings";
import { environmentOf } from "../launch/environment.ts";
import { exportLine, type Shell, shellOf, shells } from "../terminal/shell_quoting.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import type { Session } from "../session/session.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .addOption(
      new Option("--shell <shell>", "shell to print them for")
        .choices([...shells, "json"] as const).default(shellOf(undefined, Deno.build.os)),
    )
    .option("--json", "print the variables as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr env work
  eval "$(cmgr env work)"
  cmgr env work --shell fish
  cmgr env work --shell powershell
  cmgr env work --json`,
    )
    .action((name, options) =>
      env(session, name, options.json ? "json" : options.shell as Shell | "json")
    );
}

async function env(
  session: Session,
  given: string | undefined,
  shell: Shell | "json",
): Promise<void> {
  const context = await session.context();
  const instance = await chooseInstance(context, given);
  const { name } = instance;
  const variables = environmentOf(context.paths, name, await instance.allocation());
  session.show({
    asJson: shell === "json",
    json: variables,
    isScript: true,
    text: shell === "json" ? "" : Object.entries(variables)
      .map(([key, value]) => `${exportLine(key, value, shell)}\n`).join(""),
  });
}
