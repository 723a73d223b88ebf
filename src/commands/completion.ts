import { Argument } from "@commander-js/extra-typings";
import { completionShells, installs, scripts } from "../completion/scripts.ts";
import type { Session } from "../session/session.ts";

export const notes = `
Prints the script on standard output, and the command that installs it on standard error.

Examples:
  cmgr completion bash
  cmgr completion fish`;

export function define(command: CliCommand, session: Session): void {
  command
    .addArgument(new Argument("<shell>", "shell to print the script for").choices(completionShells))
    .action((shell) => {
      session.notice(`To install it: ${installs[shell]}`);
      session.show({ text: scripts[shell], isScript: true });
    });
}
