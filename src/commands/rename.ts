import { loadInstance } from "../instance.ts";
import { renameInstance } from "../instances/rename.ts";
import { reportOne } from "../reports/instances.ts";
import type { Session } from "../session/session.ts";

export const notes = `
Also renames its folder and updates the paths in its config. Its ports stay the same. The instance
must be stopped. Aliases and desktop entries that you installed still have the old name: print them
again.

Examples:
  cmgr rename work office`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<old>", "name of the instance")
    .argument("<new>", "its new name")
    .option("--json", "print the instance as JSON")
    .action(async (name, to) => {
      const context = await session.context();
      const instance = await renameInstance(context, await loadInstance(context, name), to);
      session.show({
        json: await reportOne(context, instance),
        text: `Renamed "${name}" to "${to}"\n`,
      });
    });
}
