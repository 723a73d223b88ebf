import { startInstance } from "../instances/start.ts";
import { defaultTimeoutMs } from "../instances/stop.ts";
import { stopTimeout, stopWithProgress } from "../session/stop_with_progress.ts";
import type { Session } from "../session/session.ts";
import { forEachInstance } from "../session/for_each_instance.ts";
import { reportWithWarnings } from "../session/report_change.ts";

export const notes = `Examples:
  cmgr restart work
  cmgr restart --all`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[names...]", "names of instances")
    .option("-a, --all", "restart all instances")
    .option("--launcher <program>", "the Claude Desktop program to start, this time only")
    .option("--force", "start even if another program uses a port of the instance")
    .addOption(stopTimeout)
    .option("--json", "print the instances as JSON")
    .action(async (names, { timeout = defaultTimeoutMs, ...options }) => {
      const context = await session.context();
      await forEachInstance(session, context, { names, ...options }, async (instance) => {
        await stopWithProgress(context, instance, timeout);
        const { instance: now, run } = await context.progress(
          `Starting "${instance.name}"`,
          () => startInstance(context, instance, options),
        );
        const report = await reportWithWarnings(context, now);
        return { json: report, text: `Restarted "${now.name}" (process ${run.pid})\n` };
      });
    });
}
