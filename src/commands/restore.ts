/**
 * `cmgr restore`.
 *
 * @module
 */
import { reportOne } from "../launch/report.ts";
import { noteOn, restoreInstance } from "../sandbox/restore.ts";
import type { Session } from "./command.ts";
import { formatReport } from "./wording.ts";

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the removed instance")
    .option("--json", "print the instance as JSON")
    .addHelpText(
      "after",
      `
Of several removed instances of that name, the one removed last comes back.

Examples:
  cmgr remove work --yes
  cmgr restore work`,
    )
    .action(async (name, options) => {
      const context = await session.context();
      const note = noteOn(await restoreInstance(context, name));
      if (note !== undefined) session.notice(note);
      const report = await reportOne(context, name);
      session.show({
        asJson: options.json,
        json: report,
        text: `Restored "${name}"\n${formatReport(report)}`,
      });
    });
}
