/**
 * How instances are shown to people.
 *
 * @module
 */
import type { DryRun } from "../launch/dry_run.ts";
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

function statusOf({ status, pid, isolation, exitCode }: Report): string {
  switch (status) {
    case "running":
      return `running (process ${pid}${isolation ? `; isolation: ${isolation}` : ""})`;
    case "crashed":
      return exitCode === null ? "crashed" : `crashed (exit code ${exitCode})`;
    case "leftover":
      return "leftover (the app is gone, processes of it are alive; end them with: cmgr stop)";
    case "interrupted":
      return "interrupted (the machine went down while it ran)";
    default:
      return status;
  }
}

/** What a start would do, in a form that a shell takes. */
export function formatPlan({ isolation, reason, argv, env }: DryRun): string {
  const variables = Object.entries(env).map(([key, value]) => `${key}=${quoted(value)}`);
  const lines = argv.reduce<string[]>(
    // One option a line, with its values.
    (lines, word, i) =>
      word.startsWith("--") || i === 0 || argv[i - 1] === "--"
        ? [...lines, quoted(word)]
        : [...lines.slice(0, -1), `${lines[lines.length - 1]} ${quoted(word)}`],
    [],
  );
  const head = `# isolation: ${isolation}${reason === null ? "" : `, since ${printable(reason)}`}`;
  return `${head}\n${[...variables, ...lines].join(" \\\n  ")}\n`;
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_/.:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
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
