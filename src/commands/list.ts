/**
 * `cmgr list`.
 *
 * @module
 */
import { reportAll } from "../reports/instances.ts";
import type { Session } from "../session/session.ts";
import { formatList } from "../session/format_instance.ts";

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .option("--json", "print the instances as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr list
  cmgr list --json`,
    )
    .action(async (options) => {
      const instances = await reportAll(await session.context());
      if (instances.length === 0 && !options.json) {
        session.notice("There are no instances yet; create one with: cmgr create NAME");
        return;
      }
      session.show({
        asJson: options.json,
        json: { instances },
        text: formatList(instances, session.io.columns()),
      });
    });
}
