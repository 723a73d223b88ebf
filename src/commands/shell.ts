import { executeIn } from "../instances/exec.ts";
import type { ExitCode } from "../errors.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import type { Session } from "../session/session.ts";

export const notes = `
Starts $SHELL as a login shell. It reads its startup files from the sandbox.

Examples:
  cmgr shell work`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .action(async (name) => {
      const context = await session.context();
      const shell = Deno.build.os === "windows"
        ? ["powershell"]
        : [session.io.env("SHELL") || "sh", "-l"];
      const instance = await chooseInstance(context, name);
      session.exitWith(await executeIn(context, instance, shell) as ExitCode);
    });
}
