import { knownSecrets } from "../config/config_file.ts";
import { hideKnown } from "../config/secrets.ts";
import { CmgrError } from "../errors.ts";
import { type LogLine, LogReader } from "../launch/log_reader.ts";
import { loggedServers } from "../launch/logs.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import { formatTime } from "../session/format_instance.ts";
import { collect, parseSince } from "../session/option_values.ts";
import type { Session } from "../session/session.ts";
import { printable } from "../terminal/output.ts";
import type { Io } from "../terminal/streams.ts";

/** In milliseconds. */
const pollMs = 250;

export const notes = `Examples:
  cmgr logs work
  cmgr logs work -f
  cmgr logs work --server filesystem -n 20
  cmgr logs work --all --since 10m`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .option("-f, --follow", "follow the log until Ctrl-C")
    .option("-n, --lines <number>", "number of lines to show from the end (default: 100)")
    .option("--server <tool>", "show the log of this MCP server; repeatable", collect)
    .option("--all", "show the output of the app and the logs of all servers")
    .option("--since <time>", "show lines since a time: 10m ago, or a date", parseSince)
    .action(async (name, { lines, follow, server = [], all, since }) => {
      if (lines !== undefined && !/^\d{1,9}$/.test(lines)) {
        throw new CmgrError(
          "usage",
          `${JSON.stringify(lines)} is not a number of lines`,
          "Give a whole number: -n 20",
        );
      }
      if (all && server.length > 0) {
        throw new CmgrError("usage", "--all and --server can't be combined", "Leave one out");
      }
      const context = await session.context();
      const { paths } = context;
      const instance = await chooseInstance(context, name);
      const secrets = await knownSecrets(paths, instance.name);
      const request = {
        lines: lines === undefined ? (since === undefined ? 100 : Infinity) : Number(lines),
        since,
        hide: (text: string) => hideKnown(text, secrets),
      };
      const servers = all ? await loggedServers(paths, instance.name) : [...new Set(server)];
      // The app's own output has no server.
      const logs = all || servers.length === 0 ? [undefined, ...servers] : servers;
      const readers = await Promise.all(
        logs.map((log) => LogReader.open(paths, instance.name, log, request)),
      );
      await showLogs(session.io, readers, follow === true);
    });
}

/** Merges several logs by their times. Never returns when they are followed. */
async function showLogs(io: Io, readers: readonly LogReader[], follow: boolean): Promise<void> {
  const write = writer(io, readers.map(({ label }) => label));
  const logs = await Promise.all(readers.map(async (reader) => ({
    label: reader.label,
    lines: [...await reader.history(), ...follow ? [] : reader.rest()],
  })));
  const merged = logs.flatMap(({ label, lines }) => lines.map((line) => ({ label, line })));
  if (readers.length > 1) merged.sort((a, b) => (a.line.time ?? 0) - (b.line.time ?? 0));
  for (const { label, line } of merged) write(label, line);
  while (follow) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    for (const reader of readers) {
      for (const line of await reader.added()) write(reader.label, line);
    }
  }
}

/** With several logs, each line begins with its log's name. Later runs begin with a separator. */
function writer(io: Io, labels: readonly string[]): (label: string, line: LogLine) => void {
  const width = Math.max(...labels.map(({ length }) => length));
  const shown = new Set<string>();
  // On a terminal a log must not move the cursor or change the title.
  const out = (text: string) => io.out(io.stdoutIsTerminal ? printable(text) : text);
  return (label, { time, text, startsRun }) => {
    const head = labels.length > 1 ? `${label.padEnd(width)} | ` : "";
    if (startsRun && shown.has(label)) {
      const when = time === undefined ? "" : ` ${formatTime(new Date(time).toISOString())}`;
      out(`${head}--- started${when} ---\n`);
    }
    shown.add(label);
    out(head === "" || text.endsWith("\n") ? head + text : `${head}${text}\n`);
  };
}
