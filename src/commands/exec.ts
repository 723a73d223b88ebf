/** `cmgr exec`, and its older name `cmgr execute`. */
import { CmgrError, type ExitCode } from "../errors.ts";
import { loadInstance } from "../instance.ts";
import { executeIn } from "../instances/exec.ts";
import type { Session } from "../session/session.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .argument("<command...>", "the command and its arguments, after --")
    .passThroughOptions()
    .addHelpText(
      "after",
      `
Examples:
  cmgr exec work -- bash
  cmgr exec work -- npx -y @modelcontextprotocol/server-memory`,
    )
    .action(async (name, given) => {
      // Nothing after the name is read as an option of cmgr's.
      const words = given[0] === "--" ? given.slice(1) : given;
      if (!words[0]) {
        throw new CmgrError(
          "usage",
          "No command is given",
          `For instance: cmgr exec ${name} -- bash`,
        );
      }
      const context = await session.context();
      const code = await executeIn(context, await loadInstance(context, name), words);
      session.exitWith(code as ExitCode);
    });
}
