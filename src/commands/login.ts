import { CmgrError, Exit } from "../errors.ts";
import { loadInstance } from "../instance.ts";
import { handlerFileName } from "../links/desktop_entry.ts";
import { awaitLogin, loginByCode } from "../links/login.ts";
import { openInstance } from "../links/open.ts";
import { currentHandler } from "../links/scheme_handler.ts";
import type { Session } from "../session/session.ts";
import { formatTime } from "../session/format_instance.ts";

export const notes = `
On Linux the browser must open claude:// links with cmgr: see cmgr desktop --handler. On macOS and
Windows cmgr can't take them: there this opens the instance and says how to log in with a code.

Examples:
  cmgr login work
  cmgr login work --minutes 5`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance to log in to")
    .option("--minutes <number>", "how long to wait for the link", "10")
    .action(async (name, { minutes }) => {
      if (!/^\d{1,2}(\.\d{1,4})?$/.test(minutes)) {
        throw new CmgrError(
          "usage",
          `${JSON.stringify(minutes)} is not a number of minutes`,
          "Give a number such as 10",
        );
      }
      const context = await session.context();
      const instance = await loadInstance(context, name);
      const byCode = loginByCode(Deno.build.os, name);
      if (byCode !== undefined) {
        await openInstance(context, instance);
        return session.io.out(byCode);
      }
      const handler = await currentHandler(context);
      if (handler !== undefined && handler !== handlerFileName) {
        session.notice(
          `The browser opens claude:// links with ${handler}, not with cmgr: see cmgr desktop --handler`,
        );
      }
      const end = await awaitLogin(context, instance, Number(minutes), ({ until }) => {
        const time = formatTime(new Date(until).toISOString());
        session.notice(
          `Log in to Claude in the window of "${name}". Waiting until ${time} for the login link of the ` +
            `browser; until then every claude:// link goes to "${name}". Press Ctrl-C to cancel.`,
        );
      });
      switch (end) {
        case "completed":
          session.io.out(`Sent the login link to "${name}"\n`);
          return;
        case "timed out":
          throw new CmgrError(
            "failed",
            `No login link for "${name}" arrived within ${minutes} minutes`,
            "Check that the browser opens claude:// links with cmgr: see cmgr desktop --handler; or " +
              'choose "Use a login code instead" on the login page',
          );
        case "cancelled":
          session.notice(`Cancelled the login of "${name}"`);
          session.exitWith(Exit.interrupted);
      }
    });
}
