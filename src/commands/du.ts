import { namesOf, readInstances } from "../registry/instances.ts";
import { readTrash } from "../instances/trash.ts";
import { loadInstance } from "../instance.ts";
import { type DiskReport, reportDisk } from "../reports/disk.ts";
import type { Session } from "../session/session.ts";
import { formatBytes } from "../terminal/bytes.ts";
import { formatTable } from "../terminal/table.ts";

export const notes = `
CACHES: package caches, which are downloaded again when needed. TRASH: removed instances.

Examples:
  cmgr du
  cmgr du work
  cmgr doctor --fix --caches`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of an instance; without it, all instances and the trash")
    .option("--json", "print the sizes as JSON, in bytes")
    .action(async (name) => {
      const context = await session.context();
      const { paths } = context;
      if (name !== undefined) await loadInstance(context, name);
      const removed = (await readTrash(paths)).entries.map(({ record }) => record.name);
      const names = name === undefined
        ? new Set([...namesOf(await readInstances(paths)), ...removed])
        : [name];
      const reports = await context.progress(
        "Measuring disk usage",
        () => reportDisk(context, [...names]),
      );
      if (reports.length === 0 && !session.isJson) {
        return session.notice("There are no instances yet");
      }
      const text = formatDisk(reports, session.io.columns());
      session.show({ json: { instances: reports }, text });
    });
}

const columns: readonly (readonly [title: string, kind: Exclude<keyof DiskReport, "instance">])[] =
  [
    ["APP DATA", "appData"],
    ["VM IMAGE", "vmImage"],
    ["CACHES", "caches"],
    ["FILES", "files"],
    ["BACKUPS", "backups"],
    ["LOGS", "logs"],
    ["TRASH", "trash"],
    ["TOTAL", "total"],
  ];

function formatDisk(reports: readonly DiskReport[], width?: number): string {
  const sum = (kind: typeof columns[number][1]) =>
    reports.reduce((sum, report) => sum + report[kind], 0);
  const rows = [
    ["NAME", ...columns.map(([title]) => title)],
    ...reports.map((report) => [
      report.instance,
      ...columns.map(([, kind]) => report[kind] === 0 ? "-" : formatBytes(report[kind])),
    ]),
  ];
  const ways: [number, string, string][] = [
    [sum("caches"), "package caches of stopped instances", "cmgr doctor --fix --caches"],
    [sum("trash"), "removed instances", "cmgr trash --empty --yes"],
  ];
  return formatTable(rows, width) +
    ways.map(([bytes, what, how]) =>
      bytes === 0 ? "" : `Up to ${formatBytes(bytes)} of ${what} can be cleared: ${how}\n`
    ).join("");
}
