import { CmgrError } from "../errors.ts";
import { reportOne } from "../reports/instances.ts";
import { loadInstance } from "../instance.ts";
import { changePorts, type PortAction, type PortChange } from "../reconcile/change_ports.ts";
import { collect } from "../session/collect_option.ts";
import type { Session } from "../session/session.ts";
import { changeServers } from "./mcp_servers.ts";
import { formatReport } from "../session/format_instance.ts";

interface Options {
  readonly ports?: boolean;
  readonly resetPorts?: true;
  readonly pin?: string[];
  readonly unpin?: string[];
  readonly json?: true;
}

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .argument("[action]", "add, remove or list its servers")
    .argument("[tool]", "name of the server to add or remove")
    .argument("[command...]", "with add: after --, what starts it")
    .option(
      "-e, --env <key[=value]>",
      "with add: a variable for it; repeatable; without =value it is asked for, or read from stdin",
      collect,
    )
    .option("--ports", "give the instance its ports, or regenerate them after a change of settings")
    .option("--no-ports", "free the range and put back what the config said")
    .option("--reset-ports", "forget every assignment and allocate again")
    .option(
      "--pin <tool=port>",
      "pin a tool to a port; repeatable; TOOL=P,P for two",
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
  cmgr mcp work add github -e GITHUB_TOKEN -- npx -y @modelcontextprotocol/server-github < token.txt
  cmgr mcp work list
  cmgr mcp work remove github
  MCP_BASE_PORT=12000 cmgr mcp work --ports`,
    )
    .action((name, action, tool, words, options) => {
      if (action === undefined) return mcp(session, name, options);
      if (Object.keys(options).some((option) => option !== "env" && option !== "json")) {
        throw new CmgrError("usage", `Options for ports can't be combined with "${action}"`);
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
      : `--${asked.join(" and --")} can't be combined`,
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

function describe(name: string, action: PortAction, { changed, applied }: PortChange): string {
  const later = applied ? "" : "; its config changes at the next start, since it is running";
  return `${changed ? describeChange(name, action) : `"${name}" is already up to date`}${later}`;
}

function describeChange(name: string, action: PortAction): string {
  switch (action) {
    case "ports":
      return `Gave "${name}" its ports`;
    case "reset-ports":
      return `Gave "${name}" new ports`;
    case "no-ports":
      return `Freed the ports of "${name}"`;
    default: {
      const pinned = [...action.pin].map(([tool, ports]) =>
        `${tool} to port${ports.length === 1 ? "" : "s"} ${ports.join(", ")}`
      );
      return [
        ...(pinned.length > 0 ? [`Pinned ${pinned.join("; ")}`] : []),
        ...(action.unpin.length > 0 ? [`Unpinned ${action.unpin.join(", ")}`] : []),
      ].join("; ");
    }
  }
}
