import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { formatRange } from "../ports/layout.ts";
import { type AssignedPort, readAssigned } from "../reports/assigned_ports.ts";
import {
  type AskedPort,
  type PortListener,
  type PortReport,
  type PortState,
  reportPort,
  reportPorts,
} from "../reports/ports.ts";
import { describeSharers } from "../registry/ranges.ts";
import type { Session } from "../session/session.ts";
import { highestPort } from "../settings/port_layout.ts";
import { type Colour, painter } from "../terminal/colour.ts";
import { onOneLine, safeResult } from "../terminal/output.ts";
import type { Io } from "../terminal/streams.ts";
import { coloured, formatRows, formatTable } from "../terminal/table.ts";

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
    .action(async (name, tool, options) => {
      checkOptions(session, name, options);
      const { io, notice, show } = session;
      const context = await session.context();
      if (options.who !== undefined) {
        const report = await reportPort(context, Number(options.who));
        const [first, ...others] = report.instances;
        if (others.length > 0) notice(`warning: ${describeSharers(others[0], [first])}`);
        return show({ json: report, text: formatPort(report) });
      }
      if (options.watch) return await watchPorts(io, context, name, tool);
      const assigned = await readAssigned(context, name, tool);
      if (options.quiet) {
        const numbers = assigned.map(({ port }) => port);
        return show({ json: numbers, text: numbers.map((port) => `${port}\n`).join("") });
      }
      const reports = await reportPorts(context, assigned);
      if (reports.length === 0 && !session.isJson) {
        return notice(name === undefined ? "No instance has ports" : `"${name}" has no ports`);
      }
      show({ json: { ports: reports }, text: formatPortTable(reports, assigned, io) });
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
    const message = "--watch can't be combined with --quiet or --json";
    throw new CmgrError("usage", message, "Use one of them");
  }
}

/** Runs until Ctrl-C ends the process. */
async function watchPorts(
  io: Io,
  context: Context,
  name: string | undefined,
  tool: string | undefined,
): Promise<never> {
  if (!io.stdoutIsTerminal) {
    throw new CmgrError(
      "usage",
      "--watch needs a terminal, and standard output is not one",
      "Leave --watch out",
    );
  }
  io.out("\x1b[2J");
  while (true) {
    const assigned = await readAssigned(context, name, tool);
    const reports = await reportPorts(context, assigned);
    const show = (shown: readonly PortReport[]) =>
      formatPortTable(shown, assigned, io).trimEnd().split("\n");
    const rows = io.rows() ?? Infinity;
    const all = show(reports);
    // If the table does not fit, ports in use come first.
    const isFree = ({ state }: PortReport) => Number(state === "free");
    const lines = all.length <= rows
      ? all
      : show(reports.toSorted((a, b) => isFree(a) - isFree(b))).slice(0, rows);
    // Clears each line after its end, and the screen below the last line.
    io.out(`\x1b[H${lines.map((line) => `${safeResult(line)}\x1b[K`).join("\n")}\x1b[J`);
    await new Promise((resolve) => setTimeout(resolve, watchMs));
  }
}

const states: Readonly<Record<PortState, readonly [mark: string, Colour | undefined]>> = {
  free: [" ", undefined],
  own: ["*", "green"],
  instance: ["!", "red"],
  foreign: ["!", "red"],
};

/** Lists ports by instance, and marks those on which something listens. */
function formatPortTable(
  reports: readonly PortReport[],
  assigned: readonly AssignedPort[],
  io: Io,
): string {
  const [paint, width] = [painter(io), io.columns()];
  const ranges = new Map(assigned.map(({ instance, range }) => [instance, range]));
  const rows = reports.map(({ tool, copy, port, offset, state, holder }) => {
    const [mark, colour] = states[state];
    return [
      coloured(mark, colour, paint),
      String(port),
      `${tool ?? "-"}${describePlace(copy, offset)}`,
      coloured(state === "instance" ? `used by ${holder?.instance}` : state, colour, paint),
      describeListener(state, holder),
    ];
  });
  const head = [" ", "PORT", "TOOL", "STATE", "HOLDER"];
  const [first, ...lines] = formatRows([head, ...rows], width);
  const shown = reports.map(({ instance }, i) => {
    const range = instance === null ? undefined : ranges.get(instance);
    const isFirst = range && reports[i - 1]?.instance !== instance;
    return (isFirst ? formatTable([[`${instance}  ${formatRange(range)}`]], width) : "") + lines[i];
  });
  return first + shown.join("");
}

function describePlace(copy: number, offset: number | null): string {
  return offset === null ? " (cannot be moved)" : copy > 1 ? ` (copy ${copy})` : "";
}

function formatPort({ instances, tool, port, state, holder }: AskedPort): string {
  const owner = instances.length === 0
    ? "no instance"
    : `${onOneLine(tool ?? "")} of ${instances.map((name) => `"${name}"`).join(" and ")}`;
  const listener = state === "free"
    ? "nothing"
    : holder === null
    ? "an unknown process"
    : describeListener(state, holder) +
      (holder.instance === null ? "" : ` of "${holder.instance}"`);
  return `Port ${port} is assigned to ${owner}; ${listener} is listening on it\n`;
}

function describeListener(state: PortState, holder: PortListener | null): string {
  if (state === "free") return "";
  if (holder === null || holder.pid === null) return "unknown";
  if (holder.command === null) return `process ${holder.pid}`;
  return `${onOneLine(holder.command)} (process ${holder.pid})`;
}
