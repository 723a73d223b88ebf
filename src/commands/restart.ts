import { reportChanged } from "../reports/instances.ts";
import { startInstance } from "../instances/start.ts";
import { defaultTimeoutMs } from "../instances/stop.ts";
import { stopWithProgress } from "../session/stop_with_progress.ts";
import type { Session } from "../session/session.ts";
import { parseSeconds } from "../session/seconds_option.ts";
import { forEach } from "../session/for_each_instance.ts";
import { noticeWarnings } from "../session/format_instance.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[names...]", "names of instances")
    .option("-a, --all", "restart all instances")
    .option("--launcher <program>", "the Claude Desktop program to start, this time only")
    .option("--force", "start even if another program uses a port of the instance")
    .option(
      "--timeout <seconds>",
      `how long to wait before the app is killed (default: ${defaultTimeoutMs / 1_000})`,
    )
    .option("--json", "print the instances as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr restart work
  cmgr restart --all`,
    )
    .action(async (names, { timeout, ...options }) => {
      const timeoutMs = timeout === undefined ? defaultTimeoutMs : parseSeconds(timeout) * 1_000;
      const context = await session.context();
      await forEach(session, context, { names, ...options }, async (instance) => {
        await stopWithProgress(context, instance, timeoutMs);
        const { instance: now, run } = await context.progress(
          `Starting "${instance.name}"`,
          () => startInstance(context, instance, options),
        );
        const report = await reportChanged(context, now);
        noticeWarnings(context, report);
        return { json: report, text: `Restarted "${now.name}" (process ${run.pid})\n` };
      });
    });
}
