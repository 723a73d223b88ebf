import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { bringForward } from "../links/open.ts";
import { type DryRun, dryRun } from "../launch/dry_run.ts";
import { reportOne } from "../reports/instances.ts";
import { type Started, startInstance, type StartOptions } from "../instances/start.ts";
import { watchServers } from "../instances/wait.ts";
import { parseSeconds } from "../session/option_values.ts";
import type { CommandResult, Session } from "../session/session.ts";
import { forEachInstance } from "../session/for_each_instance.ts";
import { reportWithWarnings } from "../session/report_change.ts";
import { onOneLine } from "../terminal/output.ts";
import { quote } from "../terminal/shell_quoting.ts";

export const notes = `
When an instance is already running, its window comes to the front.

Examples:
  cmgr start work
  cmgr start work home
  cmgr start --all
  cmgr start work --dry-run`;

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
    .action(async (names, options) => {
      const timeoutMs = parseSeconds(options.timeout);
      const context = await session.context();
      await forEachInstance(
        session,
        context,
        { names, ...options },
        (instance) =>
          options.dryRun
            ? plan(context, instance, options.launcher)
            : start(context, instance, { ...options, timeoutMs }),
      );
    });
}

async function start(
  context: Context,
  instance: Instance,
  options: StartOptions & { readonly wait?: true; readonly timeoutMs: number },
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
    return {
      json: await reportOne(context, instance),
      text: `"${instance.name}" is already running\n`,
    };
  }
  const { instance: now, run, reason } = started;
  await wait?.(options.timeoutMs);
  const report = await reportWithWarnings(context, now);
  const how = `${run.isolation}${reason === undefined ? "" : `, because ${onOneLine(reason)}`}`;
  return { json: report, text: `Started "${now.name}" (process ${run.pid}; isolation: ${how})\n` };
}

async function plan(
  context: Context,
  instance: Instance,
  launcher?: string,
): Promise<CommandResult> {
  const planned = await dryRun(context, instance, launcher);
  return { json: planned, text: formatPlan(planned), isScript: true };
}

/** A command for a shell, with one option a line. */
function formatPlan({ isolation, reason, argv, env }: DryRun): string {
  const variables = Object.entries(env).map(([key, value]) => `${key}=${shellWord(value)}`);
  const lines: string[] = [];
  for (const [i, word] of argv.entries()) {
    const startsLine = i === 0 || word.startsWith("--") || argv[i - 1] === "--";
    if (startsLine) lines.push(shellWord(word));
    else lines[lines.length - 1] += ` ${shellWord(word)}`;
  }
  const because = reason === null ? "" : `, because ${onOneLine(reason)}`;
  return `# isolation: ${isolation}${because}\n${[...variables, ...lines].join(" \\\n  ")}\n`;
}

function shellWord(word: string): string {
  return /^[A-Za-z0-9_/.:=@%+,-]+$/.test(word) ? word : quote(word, "sh");
}
