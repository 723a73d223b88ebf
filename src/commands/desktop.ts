/**
 * `cmgr desktop`.
 *
 * @module
 */
import { desktopEntry, desktopFileName } from "../launch/desktop_entry.ts";
import { readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import type { Session } from "./command.ts";

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .option("--json", "print the entry as JSON")
    .addHelpText(
      "after",
      `
The entry, for menus of Linux desktops, goes to standard output, the command that installs it to
standard error.

Examples:
  cmgr desktop work`,
    )
    .action(async (name, options) => {
      const { paths } = await session.context();
      requireInstance(await readInstances(paths), name);
      const entry = desktopEntry(name, ownName());
      const install = `cmgr desktop ${name} > ~/.local/share/applications/${desktopFileName(name)}`;
      if (!options.json) session.notice(`To install it: ${install}`);
      session.show({
        asJson: options.json,
        json: { instance: name, entry, install },
        text: entry,
      });
    });
}

/** A menu knows little of a shell's PATH, so the whole path of the binary is better. */
function ownName(): string {
  return Deno.build.standalone ? Deno.execPath() : "cmgr";
}
