import { onOneLine } from "./output.ts";

type Rows = readonly (readonly string[])[];

const gap = "  ";

/**
 * Columns of even width, a line for each row; lines longer than `width` are cut. The cells are values,
 * which may drive no terminal.
 */
export function formatTable(cells: Rows, width = Infinity): string {
  const rows = cells.map((row) => row.map(onOneLine));
  const widths = columnWidths(rows);
  return rows.map((row) => {
    const line = row.map((cell, i) => cell.padEnd(widths[i])).join(gap).trimEnd();
    return `${line.length > width ? `${line.slice(0, Math.max(0, width - 1))}…` : line}\n`;
  }).join("");
}

/** Without the columns on the right that do not fit; two stay in any case. */
export function dropColumns(rows: Rows, width = Infinity): Rows {
  const widths = columnWidths(rows);
  let total = -gap.length;
  const fitting = widths.filter((column) => (total += column + gap.length) <= width).length;
  return rows.map((row) => row.slice(0, Math.max(2, fitting)));
}

function columnWidths(rows: Rows): number[] {
  return rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
}
