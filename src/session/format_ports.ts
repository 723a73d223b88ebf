/**
 * How ports are shown to people.
 *
 * @module
 */
import type { PortListener, PortReport, PortState } from "../reports/ports.ts";
import { printable, table } from "../terminal/output.ts";
import { formatRange, type Range } from "../ports/layout.ts";

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
 * Ports as a table, each instance under its range, the busy ports marked: `*` held by its own
 * instance, `!` by somebody else.
 *
 * @param reports The ports, those of one instance together
 * @param ranges The range of each instance
 * @param width Characters in a line; any number when not given
 * @param colour Whether to use colour
 */
export function formatPortTable(
  reports: readonly PortReport[],
  ranges: ReadonlyMap<string, Range>,
  width: number | undefined,
  colour: boolean,
): string {
  const rows = reports.map(({ tool, port, state, holder }) => [
    marks[state],
    String(port),
    tool ?? "-",
    statusOf(state, holder),
    holderOf(state, holder),
  ]);
  const [head, ...lines] = table([[" ", "PORT", "TOOL", "STATE", "HOLDER"], ...rows], width)
    .split("\n");
  const shown = reports.map(({ instance, state }, i) => {
    const range = instance === null ? undefined : ranges.get(instance);
    const isFirst = range && reports[i - 1]?.instance !== instance;
    const title = isFirst ? `${table([[`${instance}  ${formatRange(range)}`]], width)}` : "";
    const start = colour ? colours[state] : "";
    return `${title}${start === "" ? lines[i] : `${start}${lines[i]}\x1b[0m`}\n`;
  });
  return `${head}\n${shown.join("")}`;
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

function statusOf(state: PortState, holder: PortListener | null): string {
  return state === "instance" ? `of ${holder?.instance}` : state;
}

function holderOf(state: PortState, holder: PortListener | null): string {
  if (state === "free") return "";
  if (holder === null || holder.pid === null) return "unknown";
  return `${printable(holder.command ?? "?")} (process ${holder.pid})`;
}
