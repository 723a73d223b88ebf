import { CmgrError } from "../errors.ts";
import { emptyTrash } from "../instances/restore.ts";
import { reportTrash } from "../reports/trash.ts";
import { formatTrash } from "../session/format_trash.ts";
import { confirm } from "../session/confirm.ts";
import type { Session } from "../session/session.ts";

interface Options {
  readonly empty?: true;
  readonly yes?: true;
  readonly json?: true;
}

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "only instances that had this name (default: all)")
    .option("--empty", "delete everything in the trash permanently")
    .option("-y, --yes", "do not ask")
    .option("--json", "print the trash as JSON")
    .addHelpText(
      "after",
      `
The trash is never emptied automatically. The ports of a removed instance stay reserved for 7 days.

Examples:
  cmgr trash
  cmgr trash --empty --yes`,
    )
    .action((name, options) => trash(session, name, options));
}

async function trash(
  session: Session,
  name: string | undefined,
  { empty, yes, json }: Options,
): Promise<void> {
  const context = await session.context();
  if (!empty) {
    const trash = await reportTrash(context, name);
    if (trash.length === 0 && !json) return session.notice("The trash is empty");
    session.show({ asJson: json, json: { trash }, text: formatTrash(trash, session.io.columns()) });
    return;
  }
  const consequence = "Emptying the trash deletes the removed sandboxes and all files in them";
  if (!yes && (json || !await confirm(session, consequence))) {
    throw new CmgrError(
      "usage",
      consequence,
      `To confirm: cmgr trash ${name === undefined ? "" : `${name} `}--empty --yes`,
    );
  }
  const deleted = await emptyTrash(context, name);
  session.show({
    asJson: json,
    json: { deleted },
    text: deleted.length === 0
      ? "The trash was empty\n"
      : `Deleted ${deleted.length} removed instance${deleted.length === 1 ? "" : "s"}\n`,
  });
}
