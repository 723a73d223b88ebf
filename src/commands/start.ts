/**
 * `cmgr start`.
 *
 * @module
 */
import { reportOne } from "../launch/report.ts";
import { startInstance } from "../launch/start.ts";
import type { Session } from "./command.ts";
import { formatWarnings } from "./wording.ts";

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .option("--json", "print the instance as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr start work`,
    )
    .action(async (name, options) => {
      const context = await session.context();
      const { pid } = await startInstance(context, name);
      const report = await reportOne(context, name);
      session.show({
        asJson: options.json,
        json: report,
        text: `Started "${name}" (process ${pid})\n${formatWarnings(report)}`,
      });
    });
}
