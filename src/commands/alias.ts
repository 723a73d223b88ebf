import { Option } from "@commander-js/extra-typings";
import { CmgrError } from "../errors.ts";
import { loadInstance } from "../instance.ts";
import { aliasLine, installLine, shellOf, shells } from "../terminal/shell_quoting.ts";
import type { Session } from "../session/session.ts";

export const notes = `
Prints the alias on standard output, and the command that installs it on standard error.

Examples:
  cmgr alias work
  cmgr alias work cw --shell fish`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .argument("[alias]", "name of the alias (default: claude-NAME)")
    .addOption(
      new Option("--shell <shell>", "shell to print it for (default: that of $SHELL)")
        .choices(shells),
    )
    .option("--json", "print the alias as JSON")
    .action(async (name, chosen, options) => {
      await loadInstance(await session.context(), name);
      const alias = chosen ?? `claude-${name}`;
      if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(alias)) {
        throw new CmgrError(
          "usage",
          `${JSON.stringify(alias)} cannot be the name of an alias`,
          "Use letters, digits, dots, hyphens and underscores, and no dot or hyphen at the start",
        );
      }
      const login = session.io.env("SHELL");
      const shell = options.shell ?? shellOf(login, Deno.build.os);
      const line = aliasLine(alias, ["cmgr", "start", name], shell);
      const typed = ["cmgr alias", name, ...(chosen === undefined ? [] : [chosen])].join(" ");
      const install = installLine(typed, shell, login);
      if (!session.isJson) session.notice(`To install it: ${install}`);
      session.show({
        json: { instance: name, alias, line, install },
        text: `${line}\n`,
        isScript: true,
      });
    });
}
