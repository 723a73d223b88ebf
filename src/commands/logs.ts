import { CmgrError } from "../errors.ts";
import { loadInstance } from "../instance.ts";
import { showLog } from "../launch/show_log.ts";
import type { Session } from "../session/session.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .option("-f, --follow", "go on showing what is added, until Ctrl-C")
    .option("-n, --lines <number>", "how many of the last lines to show", "100")
    .option("--server <tool>", "show the app's log of one MCP server, not the app's own output")
    .addHelpText(
      "after",
      `
Examples:
  cmgr logs work
  cmgr logs work -f
  cmgr logs work --server filesystem -n 20`,
    )
    .action(async (name, { lines, follow, server }) => {
      if (!/^\d{1,9}$/.test(lines)) {
        throw new CmgrError(
          "usage",
          `${JSON.stringify(lines)} is not a number of lines`,
          "Give a whole number: -n 20",
        );
      }
      const options = { lines: Number(lines), follow: follow === true, server };
      const context = await session.context();
      await showLog(context, session.io, await loadInstance(context, name), options);
    });
}
