import { Option } from "@commander-js/extra-typings";
import { environmentOf } from "../launch/environment.ts";
import { exportLine, type Shell, shellOf, shells } from "../terminal/shell_quoting.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import type { Session } from "../session/session.ts";
import { toJson } from "../terminal/output.ts";

export const notes = `Examples:
  cmgr env work
  eval "$(cmgr env work)"
  cmgr env work --shell fish
  cmgr env work --shell powershell
  cmgr env work --json`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .addOption(
      new Option("--shell <shell>", "shell to print them for")
        .choices([...shells, "json"] as const).default(shellOf(undefined, Deno.build.os)),
    )
    .option("--json", "print the variables as JSON")
    .action(async (given, options) => {
      const context = await session.context();
      const instance = await chooseInstance(context, given);
      const variables = environmentOf(context.paths, instance.name, await instance.allocation());
      const shell = options.shell as Shell | "json";
      const lines = shell === "json"
        ? [toJson(variables, 2)]
        : Object.entries(variables).map(([name, value]) => exportLine(name, value, shell));
      session.show({ json: variables, text: `${lines.join("\n")}\n`, isScript: true });
    });
}
