import { loadInstance } from "../instance.ts";
import { reportEntries, reportTools } from "../reports/tools.ts";
import { formatEntries, formatTools } from "../session/format_tools.ts";
import type { Session } from "../session/session.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .option(
      "-i, --instance <name>",
      "show the servers of that instance, with the rule and the ports of each",
    )
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
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
  cmgr tools --instance work`,
    )
    .action(async ({ instance, json }) => {
      const context = await session.context();
      const width = session.io.columns();
      if (instance === undefined) {
        const tools = reportTools(await context.rules());
        session.show({ asJson: json, json: { tools }, text: formatTools(tools, width) });
        return;
      }
      const tools = await reportEntries(context, await loadInstance(context, instance));
      session.show({ asJson: json, json: { instance, tools }, text: formatEntries(tools, width) });
    });
}
