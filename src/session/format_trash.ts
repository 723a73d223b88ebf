import { formatRange } from "../ports/layout.ts";
import type { TrashReport } from "../reports/trash.ts";
import { formatTable } from "../terminal/table.ts";
import { formatTime } from "./format_instance.ts";

export function formatTrash(reports: readonly TrashReport[], width?: number): string {
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
