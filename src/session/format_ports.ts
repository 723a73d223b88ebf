import { formatRange } from "../ports/layout.ts";
import type { AssignedPort, PortListener, PortReport, PortState } from "../reports/ports.ts";
import { printable } from "../terminal/output.ts";
import { formatTable } from "../terminal/table.ts";

const tags: Readonly<Record<PortState, string>> = {
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

/** Each instance under its range, the ports on which somebody listens tagged. */
export function formatPortTable(
  reports: readonly PortReport[],
  assigned: readonly AssignedPort[],
  width: number | undefined,
  useColour: boolean,
): string {
  const ranges = new Map(assigned.map(({ instance, range }) => [instance, range]));
  const rows = reports.map(({ tool, port, state, holder }) => [
    tags[state],
    String(port),
    tool ?? "-",
    state === "instance" ? `of ${holder?.instance}` : state,
    describeListener(state, holder),
  ]);
  const [head, ...lines] = formatTable([[" ", "PORT", "TOOL", "STATE", "HOLDER"], ...rows], width)
    .split("\n");
  const shown = reports.map(({ instance, state }, i) => {
    const range = instance === null ? undefined : ranges.get(instance);
    const isFirst = range && reports[i - 1]?.instance !== instance;
    const title = isFirst ? formatTable([[`${instance}  ${formatRange(range)}`]], width) : "";
    const colour = useColour ? colours[state] : "";
    return `${title}${colour}${lines[i]}${colour && "\x1b[0m"}\n`;
  });
  return `${head}\n${shown.join("")}`;
}

/** One port in a sentence. */
export function formatPort({ instance, tool, port, state, holder }: PortReport): string {
  const owner = instance === null ? "no instance" : `${tool} of "${instance}"`;
  const listener = state === "free"
    ? "nobody"
    : holder === null
    ? "a process that the system does not name"
    : describeListener(state, holder) +
      (holder.instance === null ? "" : ` of "${holder.instance}"`);
  return `Port ${port} is assigned to ${owner}; ${listener} listens on it\n`;
}

function describeListener(state: PortState, holder: PortListener | null): string {
  if (state === "free") return "";
  if (holder === null || holder.pid === null) return "unknown";
  return `${printable(holder.command ?? "?")} (process ${holder.pid})`;
}
