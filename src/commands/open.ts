import { CmgrError, messageOf } from "../errors.ts";
import { notifyDesktop } from "../links/notify.ts";
import { deliveryWarning } from "../links/login.ts";
import { openInstance, routeLink } from "../links/open.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import type { Session } from "../session/session.ts";

export const notes = `Examples:
  cmgr open work
  cmgr open work 'claude://...'
  cmgr open --route 'claude://...'`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance; with --route, the link")
    .argument("[url]", "a claude:// link; without one, the window comes to the front")
    .option("--route", "send the link to the instance that receives links now")
    .action(async (name, url, options) => {
      if (options.route) return await route(session, name, url);
      if (name !== undefined && /^claude:/i.test(name)) {
        throw new CmgrError(
          "usage",
          "No instance was named",
          "Name it: cmgr open NAME URL; or let cmgr choose: cmgr open --route URL",
        );
      }
      const context = await session.context();
      const instance = await chooseInstance(context, name);
      const isStarted = await openInstance(context, instance, url);
      const warning = url && deliveryWarning(Deno.build.os, instance.name);
      if (warning) session.notice(warning);
      const what = url === undefined ? "" : " and sent it the link";
      session.io.out(`${isStarted ? "Started" : "Opened"} "${instance.name}"${what}\n`);
    });
}

/** The desktop calls this, so errors must be shown there too. */
async function route(session: Session, link?: string, more?: string): Promise<void> {
  const context = await session.context();
  try {
    if (link === undefined || more !== undefined) {
      throw new CmgrError(
        "usage",
        "--route takes exactly one link",
        "Write: cmgr open --route URL",
      );
    }
    const name = await routeLink(context, link);
    session.io.out(`Sent the link to "${name}"\n`);
  } catch (error) {
    const hint = error instanceof CmgrError && error.hint ? `. ${error.hint}` : "";
    await notifyDesktop(context, "Claude link", `${messageOf(error)}${hint}`);
    throw error;
  }
}
