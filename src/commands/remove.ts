import { CmgrError } from "../errors.ts";
import { reportOne } from "../reports/instances.ts";
import { loadInstance } from "../instance.ts";
import { purgeInstance, removeInstance } from "../instances/remove.ts";
import type { Session } from "../session/session.ts";

interface Options {
  readonly yes?: true;
  readonly purge?: true;
  readonly json?: true;
}

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .option("--yes", "confirm it")
    .option("--purge", "delete the sandbox and all files in it at once, past the trash")
    .option("--json", "print the removed instance as JSON")
    .addHelpText(
      "after",
      `
The sandbox goes to ~/.cmgr/trash, and its ports stay reserved for 7 days: cmgr restore NAME
brings all of it back.

Examples:
  cmgr remove work --yes
  cmgr remove personal --purge --yes`,
    )
    .action((name, options) => remove(session, name, options));
}

async function remove(session: Session, name: string, options: Options): Promise<void> {
  const context = await session.context();
  const instance = await loadInstance(context, name);
  const report = await reportOne(context, instance);
  if (!options.yes) {
    throw new CmgrError(
      "usage",
      options.purge
        ? `Removing "${name}" with --purge deletes ${report.sandbox} and all files in it`
        : `Removing "${name}" moves ${report.sandbox} to the trash`,
      `If that is what you want: cmgr remove ${name}${options.purge ? " --purge" : ""} --yes`,
    );
  }
  if (options.purge) {
    await purgeInstance(context, instance);
    session.show({
      asJson: options.json,
      json: { ...report, status: "removed", trash: null },
      text: `Deleted "${name}"\n`,
    });
    return;
  }
  const { id } = await removeInstance(context, instance);
  session.show({
    asJson: options.json,
    json: { ...report, status: "removed", trash: id },
    text: `Removed "${name}"; it can be brought back with: cmgr restore ${name}\n`,
  });
}
