/**
 * `cmgr ports`.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { type Assigned, readAssigned, reportPort, reportPorts } from "../reports/ports.ts";
import { safeResult, wantsColour } from "../terminal/output.ts";
import type { Range } from "../ports/layout.ts";
import { highestPort } from "../settings/settings.ts";
import type { Session } from "../session/session.ts";
import { describePort, formatPortTable } from "../session/format_ports.ts";

interface Options {
  readonly who?: string;
  readonly watch?: true;
  readonly quiet?: true;
  readonly json?: true;
}

const watchMs = 2_000;

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of an instance; all when not given")
    .argument("[tool]", "name of a tool; all when not given")
    .option("--watch", "show it again every two seconds, in place, until Ctrl+C")
    .option("--who <port>", "tell whose one port is, and who listens on it")
    .option("-q, --quiet", "print the numbers alone, without asking who listens")
    .option("--json", "print the ports as JSON")
    .addHelpText(
      "after",
      `
Busy ports are marked: * held by the instance itself, ! by another one or a stranger.

Examples:
  cmgr ports
  cmgr ports work
  cmgr ports work filesystem --quiet
  cmgr ports --who 9010`,
    )
    .action((name, tool, options) => ports(session, name, tool, options));
}

async function ports(
  session: Session,
  name: string | undefined,
  tool: string | undefined,
  options: Options,
): Promise<void> {
  const { who, watch, quiet, json } = options;
  refuseNonsense(name, options);
  const context = await session.context();
  if (who !== undefined) {
    const report = await reportPort(context, Number(who));
    session.show({ asJson: json, json: report, text: describePort(report) });
    return;
  }
  if (watch) return await watchPorts(session, context, name, tool);
  const assigned = await chosen(context, name, tool);
  if (quiet) {
    const text = assigned.map(({ port }) => `${port}\n`).join("");
    session.show({ asJson: json, json: assigned.map(({ port }) => port), text });
    return;
  }
  const reports = await reportPorts(context, assigned);
  if (reports.length === 0 && !json) {
    session.notice(name === undefined ? "No instance has ports" : `"${name}" has no ports`);
    return;
  }
  const colour = wantsColour(session.io, session.io.stdoutIsTerminal);
  session.show({
    asJson: json,
    json: { ports: reports },
    text: formatPortTable(reports, rangesOf(assigned), session.io.columns(), colour),
  });
}

function refuseNonsense(name: string | undefined, options: Options): void {
  const { who, watch, quiet, json } = options;
  if (who !== undefined && (name !== undefined || watch || quiet)) {
    throw new CmgrError("usage", "--who goes with a port alone", "Write: cmgr ports --who PORT");
  }
  if (who !== undefined && (!/^\d{1,5}$/.test(who) || +who < 1 || +who > highestPort)) {
    throw new CmgrError("usage", `${JSON.stringify(who)} is no port from 1 to ${highestPort}`);
  }
  if (watch && (quiet || json)) {
    throw new CmgrError("usage", "--watch goes neither with --quiet nor with --json");
  }
}

async function chosen(
  context: Context,
  name: string | undefined,
  tool: string | undefined,
): Promise<Assigned[]> {
  const assigned = await readAssigned(context, name);
  if (tool === undefined) return assigned;
  const found = assigned.filter((one) => one.tool === tool);
  if (found.length > 0) return found;
  const tools = [...new Set(assigned.map((one) => one.tool))];
  throw new CmgrError(
    "usage",
    `"${name}" has no port for a tool called ${JSON.stringify(tool)}`,
    tools.length === 0
      ? `Give it ports with: cmgr mcp ${name} --ports`
      : `It has: ${tools.join(", ")}`,
  );
}

function rangesOf(assigned: readonly Assigned[]): Map<string, Range> {
  return new Map(assigned.map(({ instance, range }) => [instance, range]));
}

/** Ends with the process, by Ctrl+C. */
async function watchPorts(
  session: Session,
  context: Context,
  name: string | undefined,
  tool: string | undefined,
): Promise<never> {
  const { io } = session;
  if (!io.stdoutIsTerminal) {
    throw new CmgrError(
      "usage",
      "--watch refreshes a terminal in place, and standard output is none",
      "Leave --watch out",
    );
  }
  const colour = wantsColour(io, true);
  io.out("\x1b[2J");
  while (true) {
    const assigned = await chosen(context, name, tool);
    const reports = await reportPorts(context, assigned);
    const lines = formatPortTable(reports, rangesOf(assigned), io.columns(), colour).split("\n");
    // Every line is cleared behind its end, and the screen below the last.
    io.out(`\x1b[H${lines.map((line) => `${safeResult(line)}\x1b[K`).join("\n")}\x1b[J`);
    await new Promise((resolve) => setTimeout(resolve, watchMs));
  }
}
