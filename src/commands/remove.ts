/**
 * `cmgr remove`.
 *
 * @module
 */
import { CmgrError } from "../errors.ts";
import { reportOne } from "../launch/report.ts";
import { refuseRunning } from "../launch/state.ts";
import { removeInstance } from "../sandbox/remove.ts";
import type { Session } from "./command.ts";

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .option("--yes", "confirm that sandbox and all files in it are deleted")
    .option("--json", "print the removed instance as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr remove work --yes`,
    )
    .action(async (name, options) => {
      const context = await session.context();
      const report = await reportOne(context, name);
      if (!options.yes) {
        throw new CmgrError(
          "usage",
          `Removing "${name}" deletes ${report.sandbox} and all files in it`,
          `If that is what you want: cmgr remove ${name} --yes`,
        );
      }
      await removeInstance(context, name, () => refuseRunning(context.paths, name));
      session.show({
        asJson: options.json,
        json: { ...report, status: "removed" },
        text: `Removed "${name}"\n`,
      });
    });
}
