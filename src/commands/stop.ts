/**
 * `cmgr stop`.
 *
 * @module
 */
import { reportOne } from "../launch/report.ts";
import { stopInstance } from "../launch/stop.ts";
import type { Session } from "./command.ts";

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .option("--json", "print the instance as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr stop work`,
    )
    .action(async (name, options) => {
      const context = await session.context();
      const wasRunning = await stopInstance(context, name);
      session.show({
        asJson: options.json,
        json: await reportOne(context, name),
        text: wasRunning ? `Stopped "${name}"\n` : `"${name}" was not running\n`,
      });
    });
}
