/**
 * `cmgr mcp`.
 *
 * @module
 */
import { CmgrError } from "../errors.ts";
import { reportOne } from "../reports/instances.ts";
import { loadInstance } from "../instance.ts";
import { changePorts, type PortAction } from "../reconcile/change_ports.ts";
import type { Session } from "../session/session.ts";
import { changeServers } from "./mcp_servers.ts";
import { formatReport } from "../session/format_instance.ts";

interface Options {
  readonly ports?: boolean;
  readonly resetPorts?: true;
  readonly pin?: readonly string[];
  readonly unpin?: readonly string[];
  readonly json?: true;
}

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .argument("[action]", "add, remove or list its servers")
    .argument("[tool]", "name of the server to add or remove")
    .argument("[command...]", "with add: after --, what starts it")
    .option("-e, --env <key=value>", "with add: a variable for it; repeatable", collect)
    .option("--ports", "give the instance its ports, or regenerate them after a change of settings")
    .option("--no-ports", "free the range and put back what the config said")
    .option("--reset-ports", "forget every assignment and allocate afresh")
    .option(
      "--pin <tool=port>",
      "insist on a port for a tool; repeatable; TOOL=P,P for two",
      collect,
    )
    .option("--unpin <tool>", "let a tool go back into the range; repeatable", collect)
    .option("--json", "print the instance as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr mcp work --ports
  cmgr mcp work --reset-ports
  cmgr mcp work --pin gmail=3000
  cmgr mcp work add github -e GITHUB_TOKEN=abc -- npx -y @modelcontextprotocol/server-github
  cmgr mcp work list
  cmgr mcp work remove github
  MCP_BASE_PORT=12000 cmgr mcp work --ports`,
    )
    .action((name, action, tool, words, options) => {
      if (action === undefined) return mcp(session, name, options);
      if (Object.keys(options).some((option) => option !== "env" && option !== "json")) {
        throw new CmgrError("usage", `Options for ports do not go with "${action}"`);
      }
      const { env = [], json } = options;
      return changeServers(session, name, { action, tool, words, env, json });
    });
}

async function mcp(session: Session, name: string, options: Options): Promise<void> {
  const action = actionOf(options);
  const context = await session.context();
  const before = await loadInstance(context, name);
  const { instance, ...change } = await changePorts(context, before, action);
  const report = await reportOne(context, instance);
  session.show({
    asJson: options.json,
    json: { ...report, ...change },
    text: `${describe(name, action, change)}\n${formatReport(report)}`,
  });
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function actionOf({ ports, resetPorts, pin = [], unpin = [] }: Options): PortAction {
  const asked = [
    ...(ports === true ? ["ports" as const] : []),
    ...(ports === false ? ["no-ports" as const] : []),
    ...(resetPorts ? ["reset-ports" as const] : []),
    ...(pin.length + unpin.length > 0 ? ["pin" as const] : []),
  ];
  const [one] = asked;
  if (asked.length === 1) {
    return one === "pin" ? { pin: new Map(pin.map(readPin)), unpin } : one;
  }
  throw new CmgrError(
    "usage",
    asked.length === 0
      ? "Nothing to do: one of --ports, --reset-ports, --no-ports, --pin, --unpin, or add, remove, list is needed"
      : `--${asked.join(" and --")} exclude each other`,
    "See: cmgr mcp --help",
  );
}

function readPin(text: string): [string, number[]] {
  const match = /^(.+)=(\d{1,9}(?:,\d{1,9})*)$/.exec(text);
  if (match) return [match[1], match[2].split(",").map(Number)];
  throw new CmgrError(
    "usage",
    `${JSON.stringify(text)} does not name a tool and a port`,
    "Write it as TOOL=PORT, such as gmail=3000",
  );
}

function describe(
  name: string,
  action: PortAction,
  { changed, applied }: { changed: boolean; applied: boolean },
): string {
  const later = applied ? "" : "; the config follows at the next start, since it is running";
  if (!changed) return `"${name}" stands so already${later}`;
  if (typeof action === "object") return `"${name}" has other pins${later}`;
  switch (action) {
    case "ports":
      return `"${name}" has its ports${later}`;
    case "reset-ports":
      return `"${name}" has fresh ports${later}`;
    case "no-ports":
      return `"${name}" is without port management${later}`;
  }
}
