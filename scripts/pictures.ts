/**
 * `deno task pictures`: runs cmgr at a terminal and writes what is seen there as pictures, light and
 * dark, into `docs/pictures`. Claude Desktop and `npx` are the stand-ins of the tests.
 *
 * @module
 */
import { join } from "node:path";
import { ReadersHome } from "../tests/long/pages.ts";
import { project } from "./project.ts";

/** What is typed for each picture. */
const recordings: Readonly<Record<string, readonly string[]>> = {
  session: [
    "cmgr create work",
    "cmgr create home --tools filesystem,memory",
    "cmgr start work",
    "cmgr list",
    "cmgr ports work",
  ],
  check: [
    "cmgr create work",
    "cmgr mcp add -i work github -- npx -y @modelcontextprotocol/server-github",
    "cmgr check work",
  ],
};

interface Theme {
  readonly background: string;
  readonly text: string;
  readonly prompt: string;
  /** By the number in the escape sequence. */
  readonly colours: Readonly<Record<string, string>>;
}

const themes: Readonly<Record<string, Theme>> = {
  light: {
    background: "#f6f8fa",
    text: "#1f2328",
    prompt: "#6e7781",
    colours: { 31: "#cf222e", 32: "#116329", 33: "#7d4e00" },
  },
  dark: {
    background: "#161b22",
    text: "#e6edf3",
    prompt: "#8b949e",
    colours: { 31: "#ff7b72", 32: "#7ee787", 33: "#e3b341" },
  },
};

const [fontSize, columnWidth, lineHeight, margin] = [14, 8.43, 20, 16];

/** The text of each picture by the name of its file. */
export async function pictures(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [name, typed] of Object.entries(recordings)) {
    const lines = await record(typed);
    for (const [theme, colours] of Object.entries(themes)) {
      found.set(`${name}-${theme}.svg`, draw(lines, colours));
    }
  }
  return found;
}

/** The lines of a terminal, with escape sequences for colours; those that are typed begin with `$ `. */
async function record(typed: readonly string[]): Promise<string[]> {
  await using home = await ReadersHome.create();
  const lines: string[] = [];
  for (const line of typed) {
    const shown = (await home.atTerminal(line)).trimEnd();
    lines.push(`$ ${line}`, ...home.sampled(shown).split("\n"), "");
  }
  return withoutChance(lines.slice(0, -1).join("\n")).split("\n");
}

/** Without what differs from run to run: process ids and times. */
function withoutChance(text: string): string {
  const pids: string[] = [];
  return text.replaceAll(/\bprocess (\d+)/g, (_, pid) => `process ${4711 + 42 * pids.push(pid)}`)
    .replaceAll(
      /\b(\d+) +\d{4}-\d\d-\d\d \d\d:\d\d/g,
      (_, pid) => `${4711 + 42 * (pids.indexOf(pid) + 1)}  2026-11-24 09:30`,
    )
    .replaceAll(/\bPID +SINCE/g, "PID   SINCE")
    .replaceAll(/(stopped.*)- +-$/gm, "$1-     -")
    .replaceAll(/\b\d+\.\d s\b */g, "0.3 s  ");
}

function draw(lines: readonly string[], { background, text, prompt, colours }: Theme): string {
  // deno-lint-ignore no-control-regex
  const columns = Math.max(...lines.map((line) => line.replaceAll(/\x1b\[\d+m/g, "").length));
  const width = Math.ceil(columns * columnWidth + 2 * margin);
  const height = lines.length * lineHeight + 2 * margin;
  const rows = lines.map((line, i) => {
    const y = margin + (i + 0.7) * lineHeight;
    return `<text x="${margin}" y="${y}">${spans(line, prompt, colours)}</text>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}">\n` +
    `<style>text { white-space: pre }</style>\n` +
    `<rect width="100%" height="100%" rx="8" fill="${background}"/>\n` +
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" ` +
    `font-size="${fontSize}" fill="${text}">\n${rows.join("")}</g>\n</svg>\n`;
}

function spans(line: string, prompt: string, colours: Theme["colours"]): string {
  const escaped = line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replace(
    /^\$ (.*)/,
    `<tspan fill="${prompt}">$</tspan> <tspan font-weight="bold">$1</tspan>`,
  ).replaceAll(
    // deno-lint-ignore no-control-regex
    /\x1b\[(\d+)m(.*?)\x1b\[0m/g,
    (_, code, part) => `<tspan fill="${colours[code]}">${part}</tspan>`,
  );
}

if (import.meta.main) {
  const folder = join(project, "docs", "pictures");
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, text] of await pictures()) await Deno.writeTextFile(join(folder, name), text);
}
