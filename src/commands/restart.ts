/**
 * `cmgr restart`.
 *
 * @module
 */
import { reportOne } from "../launch/report.ts";
import { startInstance } from "../launch/start.ts";
import { defaultTimeoutMs, stopInstance } from "../launch/stop.ts";
import type { Session } from "./command.ts";
import { parseSeconds } from "./seconds.ts";
import { forEach } from "./several.ts";
import { tellWarnings } from "./wording.ts";

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("[names...]", "names of instances")
    .option("--all", "restart all instances")
    .option("--launcher <program>", "the program that is Claude Desktop, for this once")
    .option("--force", "start although something else listens on a port of the instance")
    .option(
      "--timeout <seconds>",
      `how long the app may take to end by itself (default: ${defaultTimeoutMs / 1_000})`,
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
      await forEach(session, context, { names, ...options }, async (name) => {
        await stopInstance(context, name, timeoutMs);
        const { run } = await startInstance(context, name, options);
        const report = await reportOne(context, name);
        tellWarnings(context, report);
        return { json: report, text: `Restarted "${name}" (process ${run.pid})\n` };
      });
    });
}
