import { emptyTrash } from "../instances/restore.ts";
import { formatRange } from "../ports/layout.ts";
import { reportTrash, type TrashReport } from "../reports/trash.ts";
import { confirm } from "../session/confirm.ts";
import { formatTime } from "../session/format_instance.ts";
import type { Session } from "../session/session.ts";
import { formatTable } from "../terminal/table.ts";

export const notes = `
The trash is never emptied automatically. The ports of a removed instance stay reserved for 7 days.

Examples:
  cmgr trash
  cmgr trash --empty --yes`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "only instances that had this name (default: all)")
    .option("--empty", "delete everything in the trash permanently")
    .option("-y, --yes", "do not ask")
    .option("--json", "print the trash as JSON")
    .action(async (name, { empty, yes }) => {
      const context = await session.context();
      if (!empty) {
        const trash = await reportTrash(context, name);
        if (trash.length === 0 && !session.isJson) return session.notice("The trash is empty");
        return session.show({ json: { trash }, text: formatTrash(trash, session.io.columns()) });
      }
      if (!yes) {
        await confirm(
          session,
          "Emptying the trash deletes the removed sandboxes and all files in them",
          `To confirm: cmgr trash ${name === undefined ? "" : `${name} `}--empty --yes`,
        );
      }
      const deleted = await emptyTrash(context, name);
      session.show({
        json: { deleted },
        text: deleted.length === 0
          ? "The trash was empty\n"
          : `Deleted ${deleted.length} removed instance${deleted.length === 1 ? "" : "s"}\n`,
      });
    });
}

function formatTrash(reports: readonly TrashReport[], width?: number): string {
  return formatTable([
    ["NAME", "REMOVED", "PORTS", "RESERVED UNTIL"],
    ...reports.map(({ instance, id, removed, range, reservedUntil }) => [
      instance ?? `${id} (no record)`,
      removed === null ? "-" : formatTime(removed),
      range ? formatRange(range) : "-",
      reservedUntil === null ? "-" : formatTime(reservedUntil),
    ]),
  ], width);
}
