import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { readAssigned } from "../reports/assigned_ports.ts";
import { type PortReport, reportPort, reportPorts } from "../reports/ports.ts";
import { formatPort, formatPortTable } from "../session/format_ports.ts";
import { describeSharers } from "../registry/ranges.ts";
import type { Session } from "../session/session.ts";
import { highestPort } from "../settings/port_layout.ts";
import { painter } from "../terminal/colour.ts";
import { safeResult } from "../terminal/output.ts";

interface Options {
  readonly who?: string;
  readonly watch?: true;
  readonly quiet?: true;
}

const watchMs = 2_000;

export const notes = `
Ports in use are marked: * by the instance itself, ! by another instance or program.

Examples:
  cmgr ports
  cmgr ports work
  cmgr ports work filesystem --quiet
  cmgr ports --who 9010`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of an instance (default: all)")
    .argument("[tool]", "name of a tool (default: all)")
    .option("--watch", "refresh the table every two seconds, until Ctrl-C")
    .option("--who <port>", "show which instance owns a port, and what listens on it")
    .option("-q, --quiet", "print only the port numbers, without checking what listens")
    .option("--json", "print the ports as JSON")
    .action((name, tool, options) => ports(session, name, tool, options));
}

async function ports(
  session: Session,
  name: string | undefined,
  tool: string | undefined,
  options: Options,
): Promise<void> {
  const { who, watch, quiet } = options;
  checkOptions(session, name, options);
  const context = await session.context();
  if (who !== undefined) {
    const report = await reportPort(context, Number(who));
    const [first, ...others] = report.instances;
    if (others.length > 0) session.notice(`warning: ${describeSharers(others[0], [first])}`);
    session.show({ json: report, text: formatPort(report) });
    return;
  }
  if (watch) return await watchPorts(session, context, name, tool);
  const assigned = await readAssigned(context, name, tool);
  if (quiet) {
    const text = assigned.map(({ port }) => `${port}\n`).join("");
    session.show({ json: assigned.map(({ port }) => port), text });
    return;
  }
  const reports = await reportPorts(context, assigned);
  if (reports.length === 0 && !session.isJson) {
    session.notice(name === undefined ? "No instance has ports" : `"${name}" has no ports`);
    return;
  }
  const { io } = session;
  session.show({
    json: { ports: reports },
    text: formatPortTable(reports, assigned, painter(io), io.columns()),
  });
}

function checkOptions(
  { isJson }: Session,
  name: string | undefined,
  { who, watch, quiet }: Options,
): void {
  if (who !== undefined && (name !== undefined || watch || quiet)) {
    throw new CmgrError(
      "usage",
      "--who can't be combined with a name, --watch or --quiet",
      "Write: cmgr ports --who PORT",
    );
  }
  if (who !== undefined && (!/^\d{1,5}$/.test(who) || +who < 1 || +who > highestPort)) {
    throw new CmgrError(
      "usage",
      `${JSON.stringify(who)} is not a port from 1 to ${highestPort}`,
      "Write: cmgr ports --who PORT",
    );
  }
  if (watch && (quiet || isJson)) {
    throw new CmgrError(
      "usage",
      "--watch can't be combined with --quiet or --json",
      "Use one of them",
    );
  }
}

/** Ends with the process, by Ctrl-C. */
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
      "--watch needs a terminal, and standard output is not one",
      "Leave --watch out",
    );
  }
  const paint = painter(io);
  io.out("\x1b[2J");
  while (true) {
    const assigned = await readAssigned(context, name, tool);
    const reports = await reportPorts(context, assigned);
    const show = (shown: readonly PortReport[]) =>
      formatPortTable(shown, assigned, paint, io.columns()).trimEnd().split("\n");
    const rows = io.rows() ?? Infinity;
    const all = show(reports);
    // When not everything fits, the ports in use come first.
    const isFree = ({ state }: PortReport) => Number(state === "free");
    const lines = all.length <= rows
      ? all
      : show(reports.toSorted((a, b) => isFree(a) - isFree(b))).slice(0, rows);
    // Every line is cleared behind its end, and the screen below the last.
    io.out(`\x1b[H${lines.map((line) => `${safeResult(line)}\x1b[K`).join("\n")}\x1b[J`);
    await new Promise((resolve) => setTimeout(resolve, watchMs));
  }
}
