import { CmgrError, type ExitCode } from "../errors.ts";
import { executeIn } from "../instances/exec.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import type { Session } from "../session/session.ts";

export const notes = `
Without a name, the command runs in the only instance, or in the setting defaultInstance.

Examples:
  cmgr exec work -- bash
  cmgr exec -- npx -y @modelcontextprotocol/server-memory`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .argument("[command...]", "the command and its arguments, after --")
    .usage("[name] -- <command...>")
    .passThroughOptions()
    .action(async (first, rest) => {
      const isNamed = first !== "--";
      // Nothing after the name is an option of cmgr.
      const words = isNamed && rest[0] === "--" ? rest.slice(1) : rest;
      if (!words[0]) {
        throw new CmgrError(
          "usage",
          "No command is given",
          "Write it after --, for example: cmgr exec NAME -- bash",
        );
      }
      const context = await session.context();
      const instance = await chooseInstance(context, isNamed ? first : undefined);
      session.exitWith(await executeIn(context, instance, words) as ExitCode);
    });
}
