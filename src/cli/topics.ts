/** Pages of the documentation in the program, for `cmgr help TOPIC`. */
import { formatTable, wrap } from "../terminal/table.ts";
import { isTopic, type Topic } from "./overview.ts";

const pages: Readonly<Record<Topic, () => Promise<{ readonly default: string }>>> = {
  ports: () => import("../../docs/ports.md", { with: { type: "text" } }),
  isolation: () => import("../../docs/isolation.md", { with: { type: "text" } }),
  login: () => import("../../docs/login.md", { with: { type: "text" } }),
  settings: () => import("../../docs/settings.md", { with: { type: "text" } }),
  troubleshooting: () => import("../../docs/troubleshooting.md", { with: { type: "text" } }),
};

const site = "https://github.com/cmgr-dev/cmgr/blob/main/docs";

/** Longer lines are hard to read. */
const widest = 100;

/** Formats headings, paragraphs, lists, tables and fenced blocks of Markdown for a terminal. */
export async function formatTopic(topic: Topic, width: number, isBold: boolean): Promise<string> {
  const { default: markdown } = await pages[topic]();
  const blocks = blocksOf(markdown).map((block) =>
    formatBlock(block, Math.min(width, widest), isBold)
  );
  return `${[...blocks, `This page: ${site}/${topic}.md`].join("\n\n")}\n`;
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

function formatBlock(lines: readonly string[], width: number, isBold: boolean): string {
  const [first] = lines;
  if (first.startsWith("#")) {
    const heading = plain(first.replace(/^#+ /, "")).toUpperCase();
    return isBold ? `\x1b[1m${heading}\x1b[0m` : heading;
  }
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
