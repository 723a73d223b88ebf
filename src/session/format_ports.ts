import { formatRange } from "../ports/layout.ts";
import type { AssignedPort } from "../reports/assigned_ports.ts";
import type { AskedPort, PortListener, PortReport, PortState } from "../reports/ports.ts";
import { onOneLine } from "../terminal/output.ts";
import type { Colour, Paint } from "../terminal/colour.ts";
import { coloured, formatRows, formatTable } from "../terminal/table.ts";

const states: Readonly<Record<PortState, readonly [mark: string, Colour | undefined]>> = {
  free: [" ", undefined],
  own: ["*", "green"],
  instance: ["!", "red"],
  foreign: ["!", "red"],
};

/** Lists ports by instance, and marks those on which something listens. */
export function formatPortTable(
  reports: readonly PortReport[],
  assigned: readonly AssignedPort[],
  paint: Paint,
  width?: number,
): string {
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

export function formatPort({ instances, tool, port, state, holder }: AskedPort): string {
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
