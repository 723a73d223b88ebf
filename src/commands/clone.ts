import { loadInstance } from "../instance.ts";
import { cloneInstance } from "../instances/clone.ts";
import type { Session } from "../session/session.ts";
import { formatNew } from "../session/format_new.ts";
import { reportWithWarnings } from "../session/report_change.ts";

export const notes = `
Each new instance gets the servers and settings of the source, and its own ports.

Examples:
  cmgr clone work lab
  cmgr clone work lab3 lab4
  cmgr clone work lab2 --with-data`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<source>", "name of the instance to copy from")
    .argument("<names...>", "names of the new instances")
    .option("--with-data", "also copy the app's data folder, with logins and caches")
    .option("--json", "print the new instances as JSON")
    .action(async (source, names, { withData = false }) => {
      const context = await session.context();
      const reports = [];
      for (const name of new Set(names)) {
        const original = await loadInstance(context, source);
        const instance = await cloneInstance(context, original, { name, withData });
        reports.push(await reportWithWarnings(context, instance));
        const done = `Copied "${source}" to "${name}"`;
        const { io } = session;
        if (!session.isJson) io.out(await formatNew(context, instance, done, io.columns()));
      }
      const json = reports.length === 1 ? reports[0] : { instances: reports };
      if (session.isJson) session.show({ json, text: "" });
    });
}
