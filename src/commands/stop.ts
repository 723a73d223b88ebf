import type { Context } from "../context.ts";
import type { Instance } from "../instance.ts";
import { reportOne } from "../reports/instances.ts";
import { halfInstalled } from "../instances/caches.ts";
import type { ScannedStatus } from "../processes/status.ts";
import { defaultTimeoutMs } from "../instances/stop.ts";
import type { Session } from "../session/session.ts";
import { parseSeconds } from "../session/seconds_option.ts";
import { stopWithProgress } from "../session/stop_with_progress.ts";
import { type CommandResult, forEach } from "../session/for_each_instance.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[names...]", "names of instances")
    .option("-a, --all", "stop all instances")
    .option(
      "--timeout <seconds>",
      `how long to wait before the app is killed (default: ${defaultTimeoutMs / 1_000})`,
    )
    .option("--json", "print the instances as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr stop work
  cmgr stop --all
  cmgr stop work --timeout 60`,
    )
    .action(async (names, { timeout, ...options }) => {
      const timeoutMs = timeout === undefined ? defaultTimeoutMs : parseSeconds(timeout) * 1_000;
      const context = await session.context();
      await forEach(
        session,
        context,
        { names, ...options },
        (instance) => stop(context, instance, timeoutMs),
      );
    });
}

async function stop(
  context: Context,
  instance: Instance,
  timeoutMs: number,
): Promise<CommandResult> {
  const { before, wasKilled } = await stopWithProgress(context, instance, timeoutMs);
  const { name } = instance;
  if (before.status === "running" && (await halfInstalled(context.paths, name)).length > 0) {
    context.notice(
      `warning: npx was still installing servers of "${name}", and they will not start; ` +
        `install them again with: cmgr doctor ${name} --fix`,
    );
  }
  const how = wasKilled
    ? ` (killed: some processes did not end within ${timeoutMs / 1_000} s)`
    : "";
  const text = `${describe(name, before)}${how}\n`;
  return { json: await reportOne(context, instance), text };
}

function describe(name: string, { status, exitCode, processes }: ScannedStatus): string {
  switch (status) {
    case "running":
      return `Stopped "${name}"`;
    case "leftover":
      return `Stopped the remaining processes of "${name}" (${processes.length})`;
    case "crashed":
      return `"${name}" was not running: it had crashed${
        exitCode === undefined ? "" : ` (exit code ${exitCode})`
      }`;
    case "interrupted":
      return `"${name}" was not running: the computer had shut down`;
    default:
      return `"${name}" was not running`;
  }
}
