import { reportOne } from "../reports/instances.ts";
import { loadInstance } from "../instance.ts";
import { cloneInstance } from "../instances/clone.ts";
import type { Session } from "../session/session.ts";
import { formatReport } from "../session/format_instance.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<source>", "name of the instance to copy from")
    .argument("<name>", "name of the new instance")
    .option("--with-data", "copy the app's data folder too, logins and caches included")
    .option("--json", "print the new instance as JSON")
    .addHelpText(
      "after",
      `
The new instance has the servers and settings of the other one, and ports of its own.

Examples:
  cmgr clone work lab
  cmgr clone work lab2 --with-data`,
    )
    .action(async (source, name, options) => {
      const context = await session.context();
      const wanted = { name, withData: options.withData ?? false };
      const instance = await cloneInstance(context, await loadInstance(context, source), wanted);
      const report = await reportOne(context, instance);
      session.show({
        asJson: options.json,
        json: report,
        text: `Copied "${source}" to "${name}"\n${formatReport(report)}`,
      });
    });
}
