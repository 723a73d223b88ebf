/**
 * `cmgr status`.
 *
 * @module
 */
import { reportOne } from "../launch/report.ts";
import type { Session } from "./command.ts";
import { formatReport } from "./wording.ts";

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .option("--json", "print the instance as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr status work
  cmgr status work --json`,
    )
    .action(async (name, options) => {
      const report = await reportOne(await session.context(), name);
      session.show({
        asJson: options.json,
        json: report,
        text: `${name}\n${formatReport(report)}`,
      });
    });
}
