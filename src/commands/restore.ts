import { restoreInstance } from "../instances/restore.ts";
import type { Session } from "../session/session.ts";
import { formatNew } from "../session/format_new.ts";
import { reportWithWarnings } from "../session/report_change.ts";

export const notes = `
When several removed instances have that name, restores the one that was removed last.

Examples:
  cmgr remove work --yes
  cmgr restore work --as work2`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the removed instance")
    .option("--as <other>", "restore it under another name")
    .option("--json", "print the instance as JSON")
    .action(async (name, options) => {
      const context = await session.context();
      const instance = await restoreInstance(context, name, options.as);
      const done = `Restored "${instance.name}"`;
      session.show({
        json: await reportWithWarnings(context, instance),
        text: await formatNew(context, instance, done, session.io.columns()),
      });
    });
}
