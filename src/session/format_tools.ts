import type { EntryReport, ToolReport } from "../reports/tools.ts";
import { onOneLine } from "../terminal/output.ts";
import { formatTable, wrap } from "../terminal/table.ts";
import { formatPorts } from "./format_instance.ts";

export function formatTools(tools: readonly ToolReport[], width?: number): string {
  return formatTable([
    ["TOOL", "PACKAGE", "PORT", "MOVED BY"],
    ...tools.flatMap(({ name, packages, ports, user }) => {
      const first = [user ? `${name} (yours)` : name, packages[0] ?? "-"];
      if (ports.length === 0) return [[...first, "-", "-"]];
      return ports.map((port, i) => [
        ...(i === 0 ? first : ["", ""]),
        port.default === null ? "varies" : String(port.default),
        port.move,
      ]);
    }),
  ], width);
}

export function formatEntries(entries: readonly EntryReport[], width = Infinity): string {
  if (entries.length === 0) return "The config has no servers\n";
  const rows = formatTable([
    ["ENTRY", "RECOGNISED AS", "BY", "PORTS", "MOVED BY"],
    ...entries.map(({ entry, rule, by, ports, copyPorts, pinned, moves }) => [
      entry,
      rule ?? "-",
      by ?? "-",
      ports.length === 0 ? "-" : formatPorts(ports) + (pinned ? " (pinned)" : "") +
        (copyPorts.length === 0 ? "" : `; further copies: ${formatPorts(copyPorts)}`),
      moves.join(", ") || "-",
    ]),
  ], width);
  const notes = entries.flatMap(({ entry, hazards, note }) =>
    [...(note === null ? [] : [note]), ...hazards.map(({ text }) => text)]
      .map((text) => `${wrap(onOneLine(`note: "${entry}" ${text}`), width).join("\n  ")}\n`)
  );
  return rows + notes.join("");
}
