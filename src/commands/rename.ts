import { loadInstance } from "../instance.ts";
import { renameInstance } from "../instances/rename.ts";
import { reportOne } from "../reports/instances.ts";
import type { Session } from "../session/session.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<old>", "name of the instance")
    .argument("<new>", "its new name")
    .option("--json", "print the instance as JSON")
    .addHelpText(
      "after",
      `
The folder is renamed too, ports stay, and paths in the config follow. The instance must be stopped.
Aliases and desktop entries that you have installed name the old one: print them again.

Examples:
  cmgr rename work office`,
    )
    .action(async (name, to, options) => {
      const context = await session.context();
      const instance = await renameInstance(context, await loadInstance(context, name), to);
      session.show({
        asJson: options.json,
        json: await reportOne(context, instance),
        text: `Renamed "${name}" to "${to}"\n`,
      });
    });
}
