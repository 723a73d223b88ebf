import { hideKnown } from "../config/secrets.ts";
import { knownSecrets } from "../config/config_file.ts";
import type { Context } from "../context.ts";
import type { Instance } from "../instance.ts";
import { type LogLine, LogReader, type LogRequest } from "../launch/log_reader.ts";
import { loggedServers } from "../launch/logs.ts";
import { printable } from "../terminal/output.ts";
import type { Io } from "../terminal/streams.ts";
import { formatTime } from "./format_instance.ts";

/** In milliseconds. */
const pollMs = 250;

export interface LogOptions extends Omit<LogRequest, "hide"> {
  /** Keys of MCP servers, for the app's own logs of them; the app's output when there is none. */
  readonly servers: readonly string[];
  /** Shows every log. */
  readonly all: boolean;
  /** Whether to follow the log. */
  readonly follow: boolean;
}

/**
 * Shows logs, without the secrets of the config; several are merged by their times. Never returns
 * when they are followed.
 *
 * @throws {CmgrError} `not-found`, `damaged`; `failed`, when there is no such log
 */
export async function showLogs(
  { paths }: Context,
  io: Io,
  { name }: Instance,
  { servers, all, follow, lines, since }: LogOptions,
): Promise<void> {
  const secrets = await knownSecrets(paths, name);
  const request = { lines, since, hide: (text: string) => hideKnown(text, secrets) };
  const chosen = all ? [undefined, ...await loggedServers(paths, name)] : servers;
  const readers = await Promise.all(
    (chosen.length > 0 ? chosen : [undefined]).map((server) =>
      LogReader.open(paths, name, server, request)
    ),
  );
  const write = writer(io, readers.map(({ label }) => label));
  const found = await Promise.all(readers.map(async (reader) => ({
    label: reader.label,
    lines: [...await reader.history(), ...follow ? [] : reader.rest()],
  })));
  const inOrder = found.flatMap(({ label, lines }) => lines.map((line) => ({ label, line })));
  if (readers.length > 1) inOrder.sort((a, b) => (a.line.time ?? 0) - (b.line.time ?? 0));
  for (const { label, line } of inOrder) write(label, line);
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
