import { formatRange } from "../ports/layout.ts";
import type { ConfigReport } from "../reports/configs.ts";
import type { Report } from "../reports/instances.ts";
import type { InstanceSummary } from "../reports/summaries.ts";
import type { Status } from "../processes/status.ts";
import { type Colour, painter } from "../terminal/colour.ts";
import { onOneLine } from "../terminal/output.ts";
import type { Io } from "../terminal/streams.ts";
import { type Cell, coloured, dropColumns, formatTable } from "../terminal/table.ts";

const colours: Readonly<Record<Status, Colour | undefined>> = {
  running: "green",
  stopped: undefined,
  crashed: "red",
  interrupted: "yellow",
  leftover: "yellow",
};

export function formatReport(report: Report, io: Io): string {
  const paint = painter(io);
  const { range, servers, ports, pinned, status, pid, isolation, extensions } = report;
  const rows: (readonly Cell[])[] = [
    ["  status", {
      text: describeStatus(report),
      paint: (line) => line.replace(status, (own) => paint(own, colours[status])),
    }],
    ...(pid === null ? [] : [["  process", `${pid} (isolation: ${isolation})`]]),
    ["  sandbox", report.sandbox],
    ["  config", report.config],
    ["  servers", servers === null ? "unknown" : String(servers)],
    ...(extensions.length > 0 ? [["  extensions", extensions.join(", ")]] : []),
    ["  links", report.takesLinks ? "receives claude:// links" : "-"],
    ["  ports", range ? formatRange(range) : "not managed"],
    ...Object.entries(ports).map(([tool, given]) => [
      `    ${tool}`,
      [given].flat().join(", ") + (pinned.includes(tool) ? " (pinned)" : ""),
    ]),
  ];
  return formatTable(rows) + formatWarnings(report);
}

export function formatWarnings({ warnings }: Report): string {
  return warnings.map((warning) => `warning: ${onOneLine(warning)}\n`).join("");
}

/** Facts from the config are needed only in long lists. */
type Listed = InstanceSummary & Partial<ConfigReport>;
type Column = readonly [title: string, cell: (listed: Listed) => Cell];

const configColumns: readonly Column[] = [
  [
    "SERVERS",
    ({ servers, extensions = [] }) =>
      `${servers ?? "?"}${extensions.length > 0 ? ` + ${extensions.length} ext.` : ""}`,
  ],
  ["WARNINGS", ({ warnings }) => String(warnings?.length || "-")],
];

/** One instance per line; long lists also show facts from the configs. */
export function formatList(instances: readonly Listed[], isLong: boolean, io: Io): string {
  const [paint, width] = [painter(io), io.columns()];
  const columns: readonly Column[] = [
    ["NAME", ({ instance }) => instance],
    ["STATUS", ({ status }) => coloured(status, colours[status], paint)],
    ["PORTS", ({ range }) => range ? formatRange(range) : "-"],
    ...(isLong ? configColumns : []),
    ["LINKS", ({ takesLinks }) => takesLinks ? "yes" : "-"],
    ["PID", ({ pid }) => String(pid ?? "-")],
    ["SINCE", ({ since }) => since === null ? "-" : formatTime(since)],
  ];
  const rows = instances.map((listed) => columns.map(([, cell]) => cell(listed)));
  return formatTable(dropColumns([columns.map(([title]) => title), ...rows], width), width);
}

function describeStatus({ instance, status, since, exitCode }: Report): string {
  switch (status) {
    case "running":
      return since === null ? status : `${status} since ${formatTime(since)}`;
    case "crashed":
      return exitCode === null ? "crashed" : `crashed (exit code ${exitCode})`;
    case "leftover":
      return `leftover (the app is gone, some of its processes are not; end them: cmgr stop ${instance})`;
    case "interrupted":
      return "interrupted (the computer shut down while it was running)";
    default:
      return status;
  }
}

/** `2026-11-22 13:07`, in the local time zone. */
export function formatTime(iso: string): string {
  return formatSeconds(iso).replace(/^(\S+ \d\d:\d\d):\d\d$/, "$1");
}

/** `2026-11-22 13:07:38`, in the local time zone. */
export function formatSeconds(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
