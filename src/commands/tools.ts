import { loadInstance } from "../instance.ts";
import { type EntryReport, reportEntries, reportTools, type ToolReport } from "../reports/tools.ts";
import type { Session } from "../session/session.ts";
import { onOneLine } from "../terminal/output.ts";
import { formatTable, wrap } from "../terminal/table.ts";

export const notes = `
Your own rules go into ~/.cmgr/tools.jsonc. A rule with a name from the catalogue changes the fields
that you write; any other name adds a rule:

  { "tools": { "my-bridge": {
      "packages": ["my-bridge-mcp"],        // "pypi:NAME" for one of PyPI;
                                            // also "commands": [] and "keys": [] of entries
      "ports": [                            // as many as it binds; each is moved in one way:
        { "default": 4000, "variables": ["BRIDGE_PORT"], "value": "{port}" },
        { "flag": "--port", "syntax": "words", "after": "serve" },   // or "equals"
        { "positional": 1 },                // counted from 0
        { "default": 4001 }                 // cannot be moved
      ],                                    // also "onlyPinned" and "isOccasional": true
      "env": { "BRIDGE_STATE": "{sandbox}/.local/state/{entry}" },
      "hazards": [{ "kind": "exclusive", "text": "ends whatever listens on port 4001" }],
      "secondCopy": "exits",                // or "attaches", "takes next port",
                                            // "kills the first", "shares": the app starts each
                                            // server more than once, and copies that would exit
                                            // get ports of their own (on Linux)
      "source": "its README"
  } } }

Examples:
  cmgr tools
  cmgr tools --instance work`;

export function define(command: CliCommand, session: Session): void {
  command
    .option(
      "-i, --instance <name>",
      "show the servers of that instance, with the rule and the ports of each",
    )
    .option("--json", "print the result as JSON")
    .action(async ({ instance }) => {
      const context = await session.context();
      const width = session.io.columns();
      if (instance === undefined) {
        const tools = reportTools(await context.rules());
        return session.show({ json: { tools }, text: formatTools(tools, width) });
      }
      const tools = await reportEntries(context, await loadInstance(context, instance));
      session.show({ json: { instance, tools }, text: formatEntries(tools, width) });
    });
}

function formatTools(tools: readonly ToolReport[], width?: number): string {
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

function formatEntries(entries: readonly EntryReport[], width = Infinity): string {
  if (entries.length === 0) return "The config has no servers\n";
  const rows = formatTable([
    ["ENTRY", "RECOGNISED AS", "BY", "PORTS", "MOVED BY"],
    ...entries.map(({ entry, rule, by, ports, copyPorts, pinned, moves }) => [
      entry,
      rule ?? "-",
      by ?? "-",
      ports.length === 0 ? "-" : ports.join(", ") + (pinned ? " (pinned)" : "") +
        (copyPorts.length === 0 ? "" : `; further copies: ${copyPorts.join(", ")}`),
      moves.join(", ") || "-",
    ]),
  ], width);
  const notes = entries.flatMap(({ entry, hazards, note }) =>
    [...(note === null ? [] : [note]), ...hazards.map(({ text }) => text)]
      .map((text) => `${wrap(onOneLine(`note: "${entry}" ${text}`), width).join("\n  ")}\n`)
  );
  return rows + notes.join("");
}
