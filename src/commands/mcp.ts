import { CmgrError } from "../errors.ts";
import { formatRange } from "../ports/layout.ts";
import type { Report } from "../reports/instances.ts";
import type { Context } from "../context.ts";
import type { Instance } from "../instance.ts";
import { nearest } from "../json/nearest.ts";
import { readInstances } from "../registry/instances.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import { changePorts, type PortAction, type PortChange } from "../reconcile/change_ports.ts";
import { collect } from "../session/option_values.ts";
import type { Session } from "../session/session.ts";
import { changeServers, serverActions, unknownAction } from "./mcp_servers.ts";
import { onOneLine } from "../terminal/output.ts";
import { reportWithWarnings } from "../session/report_change.ts";

interface PortOptions {
  readonly ports?: boolean;
  readonly resetPorts?: true;
  readonly pin?: string[];
  readonly unpin?: string[];
}

export const notes = `
The instance can also come first: cmgr mcp work --ports, cmgr mcp work list.

Examples:
  cmgr mcp add -i work github -e GITHUB_TOKEN=abc -- npx -y @modelcontextprotocol/server-github
  cmgr mcp add -i work docs --url https://mcp.example.com/mcp --header 'Authorization: Bearer abc'
  cmgr mcp list -i work
  cmgr mcp remove -i work github
  cmgr mcp work --ports
  cmgr mcp work --reset-ports
  cmgr mcp work --pin gmail=3000
  MCP_BASE_PORT=12000 cmgr mcp work --ports`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[action]", "add, remove or list servers")
    .argument("[tool]", "name of the server to add or remove")
    .argument("[command...]", "with add: the command that starts it, after --")
    .option("-i, --instance <name>", "name of the instance")
    .option(
      "-e, --env <key[=value]>",
      "with add: an environment variable; repeatable; without =value, cmgr asks or reads stdin",
      collect,
    )
    .option("--url <url>", "with add: a remote server, connected through mcp-remote")
    .option("--header <header>", "with --url: a header such as 'X-Key: abc'; repeatable", collect)
    .option("--ports", "assign ports, or update them after a change of settings")
    .option("--no-ports", "release the range, and restore the original values in the config")
    .option("--reset-ports", "discard all assignments, and allocate new ports")
    .option("--pin <tool=port>", "pin a tool to a port; repeatable; TOOL=P,P for two", collect)
    .option("--unpin <tool>", "undo --pin for a tool; repeatable", collect)
    .option("--json", "print the instance as JSON")
    .action(async (first, second, rest, options) => {
      const { instance: option, env = [], url, header = [] } = options;
      const context = await session.context();
      const words = [first, second, ...rest].filter((word) => word !== undefined);
      const name = await leadingInstance(context, words);
      if (name !== undefined) words.shift();
      if (name !== undefined && option !== undefined) {
        throw new CmgrError(
          "usage",
          `The instance is named twice: "${name}" and -i "${option}"`,
          "Name one of them",
        );
      }
      const instance = await chooseInstance(context, name ?? option);
      const [action, tool, ...command] = words;
      if (action === undefined) return await changePortsOf(session, context, instance, options);
      const { ports, resetPorts, pin, unpin } = options;
      if ([ports, resetPorts, pin, unpin].some((value) => value !== undefined)) {
        throw new CmgrError(
          "usage",
          `Port options can't be combined with "${action}"`,
          "Run them as separate commands",
        );
      }
      const task = { session, context, instance, action, tool };
      await changeServers({ ...task, words: command, env, url, headers: header });
    });
}

/**
 * The instance in `work add github`, not in `add github`; an instance may be called "add".
 *
 * @throws {CmgrError} `usage`, when the first word looks like a misspelt action
 */
async function leadingInstance(
  { paths }: Context,
  [first, second]: readonly string[],
): Promise<string | undefined> {
  if (first === undefined) return undefined;
  const isInstance = async () => Object.hasOwn((await readInstances(paths)).instances, first);
  if (serverActions.includes(first)) {
    const isFollowed = second !== undefined && serverActions.includes(second);
    return isFollowed && await isInstance() ? first : undefined;
  }
  if (nearest(first, serverActions) && !await isInstance()) throw unknownAction(first);
  return first;
}

async function changePortsOf(
  session: Session,
  context: Context,
  before: Instance,
  options: PortOptions,
): Promise<void> {
  const action = actionOf(options);
  const { instance, ...change } = await changePorts(context, before, action);
  const report = await reportWithWarnings(context, instance);
  session.show({
    json: { ...report, ...change },
    text: `${onOneLine(describe(report, action, change))}\n`,
  });
}

function actionOf({ ports, resetPorts, pin = [], unpin = [] }: PortOptions): PortAction {
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
      ? "Nothing to do: add, remove, list or a port option is needed"
      : `--${asked.join(" and --")} can't be combined`,
    "See: cmgr mcp --help",
  );
}

function readPin(text: string): [string, number[]] {
  const match = /^(.+)=(\d{1,9}(?:,\d{1,9})*)$/.exec(text);
  if (match) return [match[1], match[2].split(",").map(Number)];
  throw new CmgrError(
    "usage",
    `--pin ${JSON.stringify(text)} is not of the form TOOL=PORT`,
    "For example: --pin gmail=3000",
  );
}

function describe(report: Report, action: PortAction, { changed, applied }: PortChange): string {
  return (changed ? describeChange(report, action) : `"${report.instance}" is already up to date`) +
    (applied ? "" : "; it is running, so its config changes at the next start");
}

function describeChange({ instance: name, range }: Report, action: PortAction): string {
  const ports = range ? ` ${formatRange(range)}` : "";
  switch (action) {
    case "ports":
      return `Assigned the ports${ports} to "${name}"`;
    case "reset-ports":
      return `Assigned new ports in${ports} to "${name}"`;
    case "no-ports":
      return `Released the ports of "${name}"`;
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
