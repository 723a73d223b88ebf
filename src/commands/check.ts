import { checkInstance } from "../check/check_instance.ts";
import type { CheckReport, ServerCheck, ServerState } from "../check/result.ts";
import { CmgrError, Exit } from "../errors.ts";
import { type Colour, painter } from "../terminal/colour.ts";
import { onOneLine } from "../terminal/output.ts";
import { coloured, formatTable } from "../terminal/table.ts";
import { formatRange } from "../ports/layout.ts";
import { interruptible } from "../system/signal_listeners.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import type { Session } from "../session/session.ts";

export const notes = `
Starts all servers of the instance at once, as the app does, asks each for its tools, and shows the
ports that it really opened. Then it stops everything that it started.

The app starts each server more than once: a short probe, one copy for the chat and one for the
Code and Cowork side. With --as-app, check does the same, and says which copy failed and why; "clash"
means that only one copy can run.

Examples:
  cmgr check work
  cmgr check work --as-app
  cmgr check work filesystem --timeout 30`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .argument("[tools...]", "servers to check, by entry or tool name; all when none is named")
    .option("--timeout <seconds>", "how long each server may take to answer", "120")
    .option("--as-app", "probe each server, then start it twice at the same time, as the app does")
    .option("--json", "print the results as JSON")
    .action(async (name, tools, { asApp, timeout }) => {
      const timeoutMs = readTimeout(timeout);
      const context = await session.context();
      const instance = await chooseInstance(context, name);
      const report = await interruptible((signal) =>
        checkInstance(context, { instance, tools, asApp, timeoutMs, signal })
      );
      session.show({ json: report, text: format(session, report) });
      if (!report.ok) session.exitWith(Exit.failed);
    });
}

function readTimeout(text: string): number {
  const seconds = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= 86_400) return seconds * 1000;
  throw new CmgrError(
    "usage",
    `--timeout ${JSON.stringify(text)} is not a number of seconds`,
    "Give a number above 0 and up to 86400",
  );
}

function format({ io }: Session, { asApp, servers, range, left }: CheckReport): string {
  if (servers.length === 0) return "The config has no servers to check\n";
  const paint = painter(io);
  const results = servers.flatMap(({ entry, copies, ...server }) =>
    copies.length === 0
      ? [{ ...server, entry, copy: "-", label: entry }]
      : copies.map((result, i) => ({
        ...result,
        entry: i === 0 ? entry : "",
        copy: String(result.copy),
        label: `${entry}, copy ${result.copy}`,
      }))
  );
  const rows = results.map(({ entry, copy, state, tools, durationMs, ports }) => [
    entry,
    ...(asApp ? [copy] : []),
    coloured(...states[state], paint),
    tools === null ? "-" : String(tools),
    `${(durationMs / 1000).toFixed(1)} s`,
    ports.map(formatPort).join(", ") || "-",
  ]);
  const titles = ["SERVER", ...(asApp ? ["COPY"] : []), "ANSWER", "TOOLS", "TIME", "PORTS"];
  return [
    formatTable([titles, ...rows], io.columns()),
    ...results.map(({ label, ...result }) => explain(label, result)),
    ...(range ? [`The range of the instance is ${formatRange(range)}\n`] : []),
    ...(left.length > 0 ? [`Processes that could not be ended: ${left.join(", ")}\n`] : []),
  ].join("");
}

function formatPort({ port, place }: ServerCheck["ports"][number]): string {
  return place === "range" ? String(port) : `${port} (${place})`;
}

const states: Readonly<Record<ServerState, readonly [answer: string, Colour | undefined]>> = {
  "answered": ["yes", "green"],
  "clash": ["clash", "red"],
  "needs-key": ["needs a login or key", "yellow"],
  "broken": ["no", "red"],
  "installing": ["installing", "yellow"],
  "not-started": ["not started", "yellow"],
  "disabled": ["disabled", undefined],
  "remote": ["remote", undefined],
  "extension": ["extension", undefined],
};

function explain(
  name: string,
  { reason, advice, stderr, stdout }: Pick<ServerCheck, "reason" | "advice" | "stderr" | "stdout">,
): string {
  if (reason === null) return advice === null ? "" : `${onOneLine(name)}: ${onOneLine(advice)}\n`;
  const quote = (lines: readonly string[]) =>
    lines.map((line) => `    ${onOneLine(line)}\n`).join("");
  return [
    `${onOneLine(name)}: ${onOneLine(reason)}\n`,
    advice === null ? "" : `  ${onOneLine(advice)}\n`,
    stderr.length === 0 ? "" : `  its last output:\n${quote(stderr)}`,
    stdout.length === 0
      ? ""
      : `  on standard output, where only MCP messages belong:\n${quote(stdout)}`,
  ].join("");
}
