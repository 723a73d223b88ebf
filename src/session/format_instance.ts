/**
 * How instances are shown to people.
 *
 * @module
 */
import type { Context } from "../context.ts";
import type { DryRun } from "../launch/dry_run.ts";
import type { Report } from "../reports/instances.ts";
import { printable, table } from "../terminal/output.ts";
import { formatRange } from "../ports/layout.ts";

/** One instance, with all its ports. */
export function formatReport(report: Report): string {
  const rows = [
    ["  status", statusOf(report)],
    ["  sandbox", report.sandbox],
    ["  config", report.config],
    ["  servers", report.servers === null ? "unknown" : String(report.servers)],
    ["  links", report.takesLinks ? "claude:// links go here now" : "-"],
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
export function formatWarnings({ warnings }: Report): string {
  return warnings.map((warning) => `warning: ${printable(warning)}\n`).join("");
}

/** Says what is wrong with an instance beside a result that is something else. */
export function noticeWarnings({ notice }: Pick<Context, "notice">, report: Report): void {
  for (const line of formatWarnings(report).split("\n").filter(Boolean)) notice(line);
}

/**
 * All instances, one a line. What does not fit on a narrow terminal is left out, column by column
 * from the right.
 *
 * @param reports The instances
 * @param width Characters in a line; any number when not given
 */
export function formatList(reports: readonly Report[], width?: number): string {
  const rows = [
    ["NAME", "STATUS", "PORTS", "SERVERS", "WARNINGS", "LINKS", "PID", "SINCE"],
    ...reports.map((report) => [
      report.instance,
      report.status,
      report.range ? formatRange(report.range) : "-",
      report.servers === null ? "?" : String(report.servers),
      report.warnings.length === 0 ? "-" : String(report.warnings.length),
      report.takesLinks ? "here" : "-",
      report.pid === null ? "-" : String(report.pid),
      report.since === null ? "-" : formatTime(report.since),
    ]),
  ];
  for (let columns = rows[0].length; columns > 2 && width !== undefined; columns--) {
    const text = table(rows.map((row) => row.slice(0, columns)));
    if (text.split("\n").every((line) => line.length <= width)) return text;
  }
  return table(width === undefined ? rows : rows.map((row) => row.slice(0, 2)), width);
}

function statusOf({ status, pid, since, isolation, exitCode }: Report): string {
  switch (status) {
    case "running": {
      const time = since === null ? "" : ` since ${formatTime(since)}`;
      return `running${time} (process ${pid}${isolation ? `; isolation: ${isolation}` : ""})`;
    }
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
