/**
 * `cmgr trash`.
 *
 * @module
 */
import { CmgrError } from "../errors.ts";
import { table } from "../terminal/output.ts";
import { formatRange } from "../ports/layout.ts";
import { readPorts } from "../registry/ports.ts";
import { emptyTrash } from "../instances/restore.ts";
import { readTrash } from "../instances/trash.ts";
import { describeTrash, type TrashReport } from "../reports/trash.ts";
import type { Session } from "../session/session.ts";
import { formatTime } from "../session/format_instance.ts";

interface Options {
  readonly empty?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "with --empty: only what bore this name")
    .option("--empty", "delete what is in the trash for good")
    .option("--yes", "confirm it")
    .option("--json", "print the trash as JSON")
    .addHelpText(
      "after",
      `
Nothing leaves the trash by itself; a reservation of ports lapses after 7 days.

Examples:
  cmgr trash
  cmgr trash --empty --yes`,
    )
    .action((name, options) => trash(session, name, options));
}

async function trash(session: Session, name: string | undefined, options: Options): Promise<void> {
  const context = await session.context();
  if (!options.empty) {
    const all = describeTrash(await readTrash(context.paths), await readPorts(context.paths));
    const shown = all.filter(({ instance }) => name === undefined || instance === name);
    if (shown.length === 0 && !options.json) {
      session.notice("The trash is empty");
      return;
    }
    session.show({ asJson: options.json, json: { trash: shown }, text: formatTrash(shown) });
    return;
  }
  if (!options.yes) {
    throw new CmgrError(
      "usage",
      "Emptying the trash deletes the removed sandboxes and all files in them",
      `If that is what you want: cmgr trash ${name === undefined ? "" : `${name} `}--empty --yes`,
    );
  }
  const deleted = await emptyTrash(context, name);
  session.show({
    asJson: options.json,
    json: { deleted },
    text: deleted.length === 0
      ? "The trash was empty\n"
      : `Deleted ${deleted.length} removed instance${deleted.length === 1 ? "" : "s"}\n`,
  });
}

function formatTrash(reports: readonly TrashReport[]): string {
  return table([
    ["NAME", "REMOVED", "PORTS", "RESERVED UNTIL"],
    ...reports.map(({ instance, id, removed, range, reservedUntil }) => [
      instance ?? `${id} (no record)`,
      removed === null ? "-" : formatTime(removed),
      range ? formatRange(range) : "-",
      reservedUntil === null ? "-" : formatTime(reservedUntil),
    ]),
  ]);
}
