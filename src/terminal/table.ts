/** Tables of text. Cells hold values, whose control characters must not reach the terminal. */
import type { Colour, Paint } from "./colour.ts";
import { onOneLine } from "./output.ts";

/** Each line is painted after the text is wrapped and measured. */
export type Cell = string | { readonly text: string; readonly paint: (line: string) => string };

type Rows = readonly (readonly Cell[])[];

export function coloured(text: string, colour: Colour | undefined, paint: Paint): Cell {
  return { text, paint: (line) => paint(line, colour) };
}

const gap = "  ";

/** No column is made narrower than this to fit the terminal. */
const narrowest = 4;

/** What does not fit in `width` is wrapped in its column: between words, if that is enough. */
export function formatTable(rows: Rows, width = Infinity): string {
  return formatRows(rows, width).join("");
}

export function formatRows(rows: Rows, width = Infinity): string[] {
  if (rows.length === 0) return [];
  const widths = fitColumns(rows, width);
  return rows.map((row) => {
    const cells = row.map((cell, i) => wrap(textOf(cell), widths[i]));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const texts = cells.map((lines) => lines[line] ?? "");
      const last = texts.findLastIndex((text) => text !== "");
      const parts = row.slice(0, last + 1).map((cell, i) => {
        const blanks = i === last ? "" : " ".repeat(Math.max(0, widths[i] - texts[i].length));
        const isPlain = typeof cell === "string" || texts[i] === "";
        return (isPlain ? texts[i] : cell.paint(texts[i])) + blanks;
      });
      return `${parts.join(gap).trimEnd()}\n`;
    }).join("");
  });
}

/** Drops the columns on the right that do not fit; two always stay. */
export function dropColumns(rows: Rows, width = Infinity): Rows {
  if (width === Infinity) return rows;
  const widths = columnWidths(rows, (text) => text.length);
  let total = -gap.length;
  const fitting = widths.filter((column) => (total += column + gap.length) <= width).length;
  return rows.map((row) => row.slice(0, Math.max(2, fitting)));
}

/** A line may end after a space, and inside the names of packages and paths. */
const wordEnds = /(?<=[ /=])/;

/** Breaks text between words, and inside a word that is longer than `width`. */
export function wrap(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [""];
  for (const word of text.split(wordEnds)) {
    const last = lines[lines.length - 1];
    if ((last + word).trimEnd().length <= width) {
      lines[lines.length - 1] = last + word;
      continue;
    }
    for (let at = 0; at < word.length; at += width) lines.push(word.slice(at, at + width));
  }
  return lines.filter((line) => line !== "").map((line) => line.trimEnd());
}

/** Narrows the widest columns until all fit: first down to their longest words, then further. */
function fitColumns(rows: Rows, width: number): number[] {
  const widths = columnWidths(rows, (text) => text.length);
  const sum = (all: readonly number[]) =>
    all.reduce((a, b) => a + b, gap.length * (all.length - 1));
  if (sum(widths) <= width) return widths;
  const longestWord = (text: string) =>
    Math.max(...text.split(wordEnds).map((word) => word.trimEnd().length));
  const words = columnWidths(rows, longestWord);
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

function columnWidths(rows: Rows, measure: (text: string) => number): number[] {
  return rows[0].map((_, column) => Math.max(...rows.map((row) => measure(textOf(row[column])))));
}

function textOf(cell: Cell): string {
  return onOneLine(typeof cell === "string" ? cell : cell.text);
}
