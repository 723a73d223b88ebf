import { reportOne } from "../reports/instances.ts";
import { lostRangeNotice, restoreInstance } from "../instances/restore.ts";
import type { Session } from "../session/session.ts";
import { formatReport } from "../session/format_instance.ts";

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
      const restored = await restoreInstance(context, name);
      const note = lostRangeNotice(restored);
      if (note !== undefined) session.notice(note);
      const report = await reportOne(context, restored.instance);
      session.show({
        asJson: options.json,
        json: report,
        text: `Restored "${name}"\n${formatReport(report)}`,
      });
    });
}
