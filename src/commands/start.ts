import type { Context } from "../context.ts";
import type { Instance } from "../instance.ts";
import { dryRun } from "../launch/dry_run.ts";
import { reportOne } from "../reports/instances.ts";
import { startInstance } from "../instances/start.ts";
import type { Session } from "../session/session.ts";
import { type CommandResult, forEach } from "../session/for_each_instance.ts";
import { formatPlan, noticeWarnings } from "../session/format_instance.ts";

interface Options {
  readonly all?: true;
  readonly launcher?: string;
  readonly force?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[names...]", "names of instances")
    .option("--all", "start all instances")
    .option("--launcher <program>", "the program that is Claude Desktop, for this once")
    .option("--force", "start although something else listens on a port of the instance")
    .option("--dry-run", "show what would be started, and change nothing")
    .option("--json", "print the instances as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr start work
  cmgr start work home
  cmgr start --all
  cmgr start work --dry-run`,
    )
    .action(async (names, options) => {
      const context = await session.context();
      const one = options.dryRun ? plan : start;
      await forEach(
        session,
        context,
        { names, ...options },
        (instance) => one(context, instance, options),
      );
    });
}

async function start(
  context: Context,
  instance: Instance,
  options: Options,
): Promise<CommandResult> {
  const { instance: now, run, reason } = await startInstance(context, instance, options);
  const report = await reportOne(context, now);
  const how = `${run.isolation}${reason === undefined ? "" : `, since ${reason}`}`;
  noticeWarnings(context, report);
  return { json: report, text: `Started "${now.name}" (process ${run.pid}; isolation: ${how})\n` };
}

async function plan(
  context: Context,
  instance: Instance,
  options: Options,
): Promise<CommandResult> {
  const planned = await dryRun(context, instance, options.launcher);
  return { json: planned, text: formatPlan(planned), isScript: true };
}
