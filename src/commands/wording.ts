/**
 * How instances are shown to people.
 *
 * @module
 */
import type { FullReport, Report } from "../launch/report.ts";
import { printable, table } from "../output.ts";
import { formatRange } from "../ports/layout.ts";

/** One instance, with all its ports. */
export function formatReport(report: FullReport): string {
  const rows = [
    ["  status", statusOf(report)],
    ["  sandbox", report.sandbox],
    ["  config", report.config],
    ["  ports", report.range ? formatRange(report.range) : "not managed"],
    ...Object.entries(report.ports).map((
      [tool, ports],
    ) => [
      `    ${tool}`,
      [ports].flat().join(", ") + (report.pinned.includes(tool) ? " (pinned)" : ""),
    ]),
  ];
  return table(rows) + formatWarnings(report);
}

/** What is wrong with an instance, a line each; nothing when nothing is. */
export function formatWarnings({ warnings }: FullReport): string {
  return warnings.map((warning) => `warning: ${printable(warning)}\n`).join("");
}

/** All instances, one a line. */
export function formatList(reports: readonly Report[]): string {
  return table([
    ["NAME", "STATUS", "PORTS", "PID"],
    ...reports.map((report) => [
      report.instance,
      report.status,
      report.range ? formatRange(report.range) : "-",
      report.pid === null ? "-" : String(report.pid),
    ]),
  ]);
}

function statusOf({ status, pid }: Report): string {
  return pid === null ? status : `${status} (process ${pid})`;
}

/**
 * A time as people read it, in their own time zone: `2026-11-22 14:05`.
 *
 * @param iso An ISO 8601 date
 */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Ports as people read them: `9041`, or `9041, 9042`. */
export function formatPorts(ports: readonly number[]): string {
  return ports.join(", ");
}
