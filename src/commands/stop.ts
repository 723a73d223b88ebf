import type { Context } from "../context.ts";
import type { Instance } from "../instance.ts";
import { reportOne } from "../reports/instances.ts";
import { halfInstalled } from "../instances/caches.ts";
import type { ScannedStatus } from "../processes/status.ts";
import { defaultTimeoutMs } from "../instances/stop.ts";
import type { CommandResult, Session } from "../session/session.ts";
import { stopTimeout, stopWithProgress } from "../session/stop_with_progress.ts";
import { forEachInstance } from "../session/for_each_instance.ts";

export const notes = `Examples:
  cmgr stop work
  cmgr stop --all
  cmgr stop work --timeout 60`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[names...]", "names of instances")
    .option("-a, --all", "stop all instances")
    .addOption(stopTimeout)
    .option("--json", "print the instances as JSON")
    .action(async (names, { timeout = defaultTimeoutMs, ...options }) => {
      const context = await session.context();
      await forEachInstance(
        session,
        context,
        { names, ...options },
        (instance) => stop(context, instance, timeout),
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
  return { json: await reportOne(context, instance), text: `${describe(name, before)}${how}\n` };
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
