import { reportChanged } from "../reports/instances.ts";
import { restoreInstance } from "../instances/restore.ts";
import type { Session } from "../session/session.ts";
import { noticeWarnings } from "../session/format_instance.ts";
import { formatNew } from "../session/format_new.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the removed instance")
    .option("--as <other>", "restore it under another name")
    .option("--json", "print the instance as JSON")
    .addHelpText(
      "after",
      `
When several removed instances have that name, restores the one that was removed last.

Examples:
  cmgr remove work --yes
  cmgr restore work --as work2`,
    )
    .action(async (name, options) => {
      const context = await session.context();
      const instance = await restoreInstance(context, name, options.as);
      const report = await reportChanged(context, instance);
      noticeWarnings(context, report);
      const done = `Restored "${instance.name}"`;
      session.show({
        asJson: options.json,
        json: report,
        text: await formatNew(context, instance, done, session.io.columns()),
      });
    });
}
