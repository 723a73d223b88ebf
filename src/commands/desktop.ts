import { CmgrError } from "../errors.ts";
import { desktopEntry, desktopFileName, handlerEntry } from "../links/desktop_entry.ts";
import { currentHandler, handlerCommands } from "../links/scheme_handler.ts";
import { loadInstance } from "../instance.ts";
import type { Session } from "../session/session.ts";

const applications = "~/.local/share/applications";

export const notes = `
Prints an entry for the menu of a Linux desktop on standard output, and the command that installs it
on standard error.

Examples:
  cmgr desktop work
  cmgr desktop --handler`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .option("--handler", "print the entry that makes cmgr open claude:// links")
    .option("--json", "print the entry as JSON")
    .action(async (name, options) => {
      if (options.handler) return await handler(session, name);
      if (name === undefined) {
        throw new CmgrError("usage", "No instance was named", "See: cmgr desktop --help");
      }
      await loadInstance(await session.context(), name);
      const entry = desktopEntry(name, ownName());
      const install = `mkdir -p ${applications} && cmgr desktop ${name} > ${applications}/${
        desktopFileName(name)
      }`;
      if (!session.isJson) session.notice(`To install it: ${install}`);
      session.show({ json: { instance: name, entry, install }, text: entry, isScript: true });
    });
}

async function handler(session: Session, name?: string): Promise<void> {
  if (name !== undefined) {
    throw new CmgrError("usage", "--handler is for all instances", `Leave "${name}" out`);
  }
  const entry = handlerEntry(ownName());
  const { install, undo } = handlerCommands(await currentHandler(session.io));
  if (!session.isJson) {
    session.notice("To install it:");
    for (const command of install) session.notice(`  ${command}`);
    session.notice("To undo it:");
    for (const command of undo) session.notice(`  ${command}`);
  }
  session.show({ json: { entry, install, undo }, text: entry, isScript: true });
}

/** A menu does not have the PATH of a shell, so the entry needs the full path of the binary. */
function ownName(): string {
  return Deno.build.standalone ? Deno.execPath() : "cmgr";
}
