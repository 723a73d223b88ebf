/** Formats a page of the documentation for a terminal. Pure. */
import { isTopic } from "./overview.ts";
import { formatTable, wrap } from "../terminal/table.ts";

const site = "https://github.com/cmgr-dev/cmgr/blob/main/docs";

/**
 * @param markdown Headings, paragraphs, lists, tables and fenced blocks
 * @param name The file without its extension
 */
export function formatPage(
  markdown: string,
  name: string,
  width: number,
  bold: (text: string) => string,
): string {
  const shown = blocksOf(markdown).map((block) => formatBlock(block, width, bold));
  return `${[...shown, `This page: ${site}/${name}.md`].join("\n\n")}\n`;
}

/** Splits at blank lines, except inside fenced blocks. */
function blocksOf(markdown: string): string[][] {
  const blocks: string[][] = [[]];
  let isFenced = false;
  for (const line of markdown.replaceAll(/^ *<!--.*-->\n/gm, "").split("\n")) {
    if (line.trimStart().startsWith("```")) isFenced = !isFenced;
    if (line === "" && !isFenced) blocks.push([]);
    else blocks[blocks.length - 1].push(line);
  }
  return blocks.filter((lines) => lines.length > 0);
}

function formatBlock(lines: readonly string[], width: number, bold: (text: string) => string) {
  const [first] = lines;
  if (first.startsWith("#")) return bold(plain(first.replace(/^#+ /, "")).toUpperCase());
  if (first.trimStart().startsWith("```")) {
    return lines.slice(1, -1).map((line) => `    ${line}`.trimEnd()).join("\n");
  }
  if (first.startsWith("|")) return formatTable(cellsOf(lines), width).trimEnd();
  return itemsOf(lines).map((item) => {
    const [mark] = /^(-|\d+\.) /.exec(item) ?? [""];
    const text = wrap(plain(item.slice(mark.length)), width - mark.length);
    return text.map((line, i) => (i === 0 ? mark : " ".repeat(mark.length)) + line).join("\n");
  }).join("\n");
}

/** The items of a list, or a single paragraph, each joined into one line. */
function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (items.length === 0 || /^(-|\d+\.) /.test(line)) items.push(line);
    else items[items.length - 1] += ` ${line.trim()}`;
  }
  return items;
}

function cellsOf(lines: readonly string[]): string[][] {
  return lines.filter((line) => !/^\|[ |-]+\|$/.test(line)).map((line, i) =>
    line.slice(1, -1).split("|").map((cell) => {
      const text = plain(cell.trim());
      return i === 0 ? text.toUpperCase() : text;
    })
  );
}

/** Drops the marks of emphasis and code, and spells out the targets of links. */
function plain(text: string): string {
  return text
    .replaceAll(
      /\[([^\]]+)\]\(([^)]+)\)/g,
      (_, label, target) => {
        const topic = target.replace(/\.md$/, "");
        if (isTopic(topic)) return `${label} (cmgr help ${topic})`;
        return target.startsWith("http") ? `${label} (${target})` : label;
      },
    )
    .replaceAll("**", "").replaceAll("`", "");
}
