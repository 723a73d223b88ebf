import { reportOne } from "../reports/instances.ts";
import type { Session } from "../session/session.ts";
import { forEachInstance } from "../session/for_each_instance.ts";
import { formatReport } from "../session/format_instance.ts";

export const notes = `Examples:
  cmgr status work
  cmgr status work --json`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[names...]", "names of instances")
    .option("-a, --all", "show all instances")
    .option("--json", "print the instances as JSON")
    .action(async (names, options) => {
      const context = await session.context();
      await forEachInstance(session, context, { names, ...options }, async (instance) => {
        const report = await reportOne(context, instance);
        return { json: report, text: `${instance.name}\n${formatReport(report, session.io)}` };
      });
    });
}
