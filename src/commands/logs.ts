import { CmgrError } from "../errors.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import { collect } from "../session/option_values.ts";
import type { Session } from "../session/session.ts";
import { showLogs } from "../session/show_logs.ts";
import { parseSince } from "../session/since_option.ts";

export const notes = `Examples:
  cmgr logs work
  cmgr logs work -f
  cmgr logs work --server filesystem -n 20
  cmgr logs work --all --since 10m`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .option("-f, --follow", "follow the log until Ctrl-C")
    .option("-n, --lines <number>", "number of lines to show from the end (default: 100)")
    .option("--server <tool>", "show the log of this MCP server; repeatable", collect)
    .option("--all", "show the output of the app and the logs of all servers")
    .option("--since <time>", "show lines since a time: 10m ago, or a date")
    .action(async (name, { lines, follow, server = [], all, since }) => {
      if (lines !== undefined && !/^\d{1,9}$/.test(lines)) {
        throw new CmgrError(
          "usage",
          `${JSON.stringify(lines)} is not a number of lines`,
          "Give a whole number: -n 20",
        );
      }
      if (all && server.length > 0) {
        throw new CmgrError("usage", "--all and --server can't be combined", "Leave one out");
      }
      const options = {
        lines: lines === undefined ? (since === undefined ? 100 : Infinity) : Number(lines),
        follow: follow === true,
        servers: [...new Set(server)],
        all: all === true,
        since: since === undefined ? undefined : parseSince(since, Date.now()),
      };
      const context = await session.context();
      await showLogs(context, session.io, await chooseInstance(context, name), options);
    });
}
