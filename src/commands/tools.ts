/**
 * `cmgr tools`.
 *
 * @module
 */
import { table } from "../terminal/output.ts";
import {
  describeEntries,
  describeRules,
  type EntryReport,
  type ToolReport,
} from "../reports/tools.ts";
import type { Session } from "../session/session.ts";

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .option("--instance <name>", "how each server of that instance was recognised, with its ports")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `
Rules of your own go into ~/.cmgr/tools.jsonc; a name that the catalogue has is changed in the
fields you write, any other is added:

  { "tools": { "my-bridge": {
      "packages": ["my-bridge-mcp"],        // also "commands": [] and "keys": [] of entries
      "ports": [                            // as many as it binds; each is moved in one way:
        { "default": 4000, "variables": ["BRIDGE_PORT"], "value": "{port}" },
        { "flag": "--port", "syntax": "words", "after": "serve" },   // or "equals"
        { "positional": 1 },                // counted from 0
        { "default": 4001 }                 // cannot be moved
      ],                                    // also "onlyPinned" and "isOccasional": true
      "env": { "BRIDGE_STATE": "{sandbox}/.local/state/{entry}" },
      "hazards": [{ "kind": "exclusive", "text": "ends whatever listens on port 4001" }],
      "source": "its README"
  } } }

Examples:
  cmgr tools
  cmgr tools --instance work`,
    )
    .action(async ({ instance, json }) => {
      const context = await session.context();
      if (instance === undefined) {
        const tools = describeRules(await context.rules());
        session.show({ asJson: json, json: { tools }, text: formatTools(tools) });
        return;
      }
      const tools = await describeEntries(context, instance);
      session.show({ asJson: json, json: { instance, tools }, text: formatEntries(tools) });
    });
}

function formatTools(tools: readonly ToolReport[]): string {
  return table([
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
  ]);
}

function formatEntries(entries: readonly EntryReport[]): string {
  if (entries.length === 0) return "The config has no servers\n";
  const rows = table([
    ["ENTRY", "RECOGNISED AS", "BY", "PORTS", "MOVED BY"],
    ...entries.map(({ entry, rule, by, ports, pinned, moves }) => [
      entry,
      rule ?? "-",
      by ?? "-",
      ports.length === 0 ? "-" : ports.join(", ") + (pinned ? " (pinned)" : ""),
      moves.join(", ") || "-",
    ]),
  ]);
  const notes = entries.flatMap(({ entry, hazards }) =>
    hazards.map(({ text }) => `note: "${entry}" ${text}\n`)
  );
  return rows + notes.join("");
}
