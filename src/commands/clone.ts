import { reportChanged } from "../reports/instances.ts";
import { loadInstance } from "../instance.ts";
import { cloneInstance } from "../instances/clone.ts";
import type { Session } from "../session/session.ts";
import { noticeWarnings } from "../session/format_instance.ts";
import { formatNew } from "../session/format_new.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<source>", "name of the instance to copy from")
    .argument("<names...>", "names of the new instances")
    .option("--with-data", "also copy the app's data folder, with logins and caches")
    .option("--json", "print the new instances as JSON")
    .addHelpText(
      "after",
      `
Each new instance gets the servers and settings of the source, and its own ports.

Examples:
  cmgr clone work lab
  cmgr clone work lab3 lab4
  cmgr clone work lab2 --with-data`,
    )
    .action(async (source, names, { withData = false, json }) => {
      const context = await session.context();
      const reports = [];
      for (const name of new Set(names)) {
        const original = await loadInstance(context, source);
        const instance = await cloneInstance(context, original, { name, withData });
        const report = await reportChanged(context, instance);
        reports.push(report);
        noticeWarnings(context, report);
        const done = `Copied "${source}" to "${name}"`;
        const { io } = session;
        if (!json) io.out(await formatNew(context, instance, done, io.columns()));
      }
      if (!json) return;
      const result = reports.length === 1 ? reports[0] : { instances: reports };
      session.show({ asJson: true, json: result, text: "" });
    });
}
