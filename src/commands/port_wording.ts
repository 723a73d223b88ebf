/**
 * How ports are shown to people.
 *
 * @module
 */
import type { PortHolder, PortReport, PortState } from "../launch/port_report.ts";
import { printable, table } from "../output.ts";

const marks: Readonly<Record<PortState, string>> = {
  free: " ",
  own: "*",
  instance: "!",
  foreign: "!",
};
const colours: Readonly<Record<PortState, string>> = {
  free: "",
  own: "\x1b[32m",
  instance: "\x1b[31m",
  foreign: "\x1b[31m",
};

/**
 * Ports as a table, the busy ones marked: `*` held by its own instance, `!` by somebody else.
 *
 * @param reports The ports
 * @param width Columns that there are; any number when not given
 * @param colour Whether to use colour
 */
export function formatPortTable(
  reports: readonly PortReport[],
  width: number | undefined,
  colour: boolean,
): string {
  const rows = reports.map(({ instance, tool, port, state, holder }) => [
    marks[state],
    instance ?? "-",
    tool ?? "-",
    String(port),
    stateOf(state, holder),
    holderOf(state, holder),
  ]);
  const lines = table([[" ", "INSTANCE", "TOOL", "PORT", "STATE", "HOLDER"], ...rows], width)
    .split("\n");
  return lines.map((line, i) => {
    const start = colour && i > 0 && i <= reports.length ? colours[reports[i - 1].state] : "";
    return start === "" ? line : `${start}${line}\x1b[0m`;
  }).join("\n");
}

/**
 * One port in a sentence.
 *
 * @param report The port
 */
export function describePort({ instance, tool, port, state, holder }: PortReport): string {
  const whose = instance === null
    ? "is assigned to no instance"
    : `is assigned to ${tool} of "${instance}"`;
  if (state === "free") return `Port ${port} ${whose}; nobody listens on it\n`;
  const by = holder === null
    ? "a process that the system does not name"
    : `${holderOf(state, holder)}${holder.instance === null ? "" : ` of "${holder.instance}"`}`;
  return `Port ${port} ${whose}; on it listens ${by}\n`;
}

function stateOf(state: PortState, holder: PortHolder | null): string {
  return state === "instance" ? `of ${holder?.instance}` : state;
}

function holderOf(state: PortState, holder: PortHolder | null): string {
  if (state === "free") return "";
  if (holder === null || holder.pid === null) return "unknown";
  return `${printable(holder.command ?? "?")} (process ${holder.pid})`;
}
