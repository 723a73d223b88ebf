/** Tables of text. Cells may be coloured; escape sequences take no room. */

type Rows = readonly (readonly string[])[];

const gap = "  ";

/** No column is made narrower than this to fit the terminal. */
const narrowest = 4;

/**
 * Columns of even width, a line for each row. What does not fit in `width` is wrapped in its column,
 * between words as long as that is enough.
 */
export function formatTable(rows: Rows, width = Infinity): string {
  return formatRows(rows, width).join("");
}

/** As {@linkcode formatTable}, each row by itself. */
export function formatRows(rows: Rows, width = Infinity): string[] {
  if (rows.length === 0) return [];
  const widths = fitColumns(rows, width);
  return rows.map((row) => {
    const cells = row.map((cell, i) => wrap(cell, widths[i]));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const parts = cells.map((lines, i) => pad(lines[line] ?? "", widths[i]));
      return `${parts.join(gap).trimEnd()}\n`;
    }).join("");
  });
}

/** Without the columns on the right that do not fit; two stay in any case. */
export function dropColumns(rows: Rows, width = Infinity): Rows {
  const widths = columnWidths(rows, lengthOf);
  let total = -gap.length;
  const fitting = widths.filter((column) => (total += column + gap.length) <= width).length;
  return rows.map((row) => row.slice(0, Math.max(2, fitting)));
}

/** Where a line may end: behind a space, and within the names of packages and paths. */
const wordEnds = /(?<=[ /=])/;

/** Text in lines of at most `width`: broken between words, and within one that is longer. */
export function wrap(text: string, width: number): string[] {
  if (lengthOf(text) <= width) return [text];
  const lines: string[] = [""];
  for (const word of text.split(wordEnds)) {
    const last = lines[lines.length - 1];
    if (lengthOf((last + word).trimEnd()) <= width) {
      lines[lines.length - 1] = last + word;
      continue;
    }
    // A coloured word is left whole, since its escape sequences must be.
    const step = lengthOf(word) === word.length ? width : word.length;
    for (let at = 0; at < word.length; at += step) lines.push(word.slice(at, at + step));
  }
  return lines.filter((line) => line !== "").map((line) => line.trimEnd());
}

/** The widths of columns that together fit: the widest give way, first as far as their words allow. */
function fitColumns(rows: Rows, width: number): number[] {
  const widths = columnWidths(rows, lengthOf);
  const longestWord = (cell: string) =>
    Math.max(...cell.split(wordEnds).map((word) => lengthOf(word.trimEnd())));
  const words = columnWidths(rows, longestWord);
  const sum = (all: readonly number[]) =>
    all.reduce((a, b) => a + b, gap.length * (all.length - 1));
  for (const floors of [words, widths.map((own) => Math.min(own, narrowest))]) {
    while (sum(widths) > width) {
      const spare = widths.map((own, i) => own > floors[i] ? own : 0);
      const widest = spare.indexOf(Math.max(...spare));
      if (spare[widest] === 0) break;
      widths[widest]--;
    }
  }
  return widths;
}

function columnWidths(rows: Rows, measure: (cell: string) => number): number[] {
  return rows[0].map((_, column) => Math.max(...rows.map((row) => measure(row[column]))));
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - lengthOf(cell)));
}

function lengthOf(text: string): number {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[\d;]*m/g, "").length;
}
