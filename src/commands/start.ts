import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { bringForward } from "../links/open.ts";
import { dryRun } from "../launch/dry_run.ts";
import { reportChanged, reportOne } from "../reports/instances.ts";
import { type Started, startInstance } from "../instances/start.ts";
import { watchServers } from "../instances/wait.ts";
import { parseSeconds } from "../session/seconds_option.ts";
import type { Session } from "../session/session.ts";
import { type CommandResult, forEach } from "../session/for_each_instance.ts";
import { onOneLine } from "../terminal/output.ts";
import { formatPlan, noticeWarnings } from "../session/format_instance.ts";

interface Options {
  readonly all?: true;
  readonly launcher?: string;
  readonly force?: true;
  readonly dryRun?: true;
  readonly wait?: true;
  readonly timeout: string;
  readonly json?: true;
}

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[names...]", "names of instances")
    .option("-a, --all", "start all instances")
    .option("--launcher <program>", "the Claude Desktop program to start, this time only")
    .option("--force", "start even if another program uses a port of the instance")
    .option("--dry-run", "show what would be started, without starting it")
    .option("--wait", "wait until every server has answered; fail when one does not")
    .option("--timeout <seconds>", "with --wait: how long to wait", "120")
    .option("--json", "print the instances as JSON")
    .addHelpText(
      "after",
      `
When an instance is already running, its window comes to the front.

Examples:
  cmgr start work
  cmgr start work home
  cmgr start --all
  cmgr start work --dry-run`,
    )
    .action(async (names, options) => {
      parseSeconds(options.timeout);
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
  const wait = options.wait && await watchServers(context, instance);
  let started: Started;
  try {
    started = await context.progress(
      `Starting "${instance.name}"`,
      () => startInstance(context, instance, options),
    );
  } catch (error) {
    const isRunning = error instanceof CmgrError && error.code === "running" &&
      (await instance.status()).status === "running";
    if (!isRunning) throw error;
    await bringForward(context, instance);
    const text = `"${instance.name}" is already running\n`;
    return { json: await reportOne(context, instance), text };
  }
  const { instance: now, run, reason } = started;
  await wait?.(parseSeconds(options.timeout) * 1_000);
  const report = await reportChanged(context, now);
  const how = `${run.isolation}${reason === undefined ? "" : `, because ${onOneLine(reason)}`}`;
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
