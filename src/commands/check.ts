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

interface Options {
  readonly timeout: string;
  readonly json?: true;
}

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .argument("[tools...]", "servers to check, by key or tool; all when none is named")
    .option("--timeout <seconds>", "how long each server may take to answer", "120")
    .option("--json", "print the results as JSON")
    .addHelpText(
      "after",
      `
Starts the servers of the instance all at once, as the app does, asks each for its tools, looks at
the ports that it really opened, and ends everything that was started.

Examples:
  cmgr check work
  cmgr check work filesystem --timeout 30`,
    )
    .action((name, tools, options) => check(session, name, tools, options));
}

async function check(
  session: Session,
  name: string | undefined,
  tools: readonly string[],
  { timeout, json }: Options,
): Promise<void> {
  const timeoutMs = readTimeout(timeout);
  const context = await session.context();
  const instance = await chooseInstance(context, name);
  const found = await interruptible((signal) =>
    checkInstance(context, { instance, tools, timeoutMs, signal })
  );
  session.show({ asJson: json, json: found, text: format(session, found) });
  if (!found.ok) session.exitWith(Exit.failed);
}

function readTimeout(text: string): number {
  const seconds = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= 86_400) return seconds * 1000;
  throw new CmgrError(
    "usage",
    `--timeout is ${JSON.stringify(text)}, which is no time`,
    "Give seconds: a number above 0 and up to 86400",
  );
}

function format({ io }: Session, { servers, range, left }: CheckReport): string {
  if (servers.length === 0) return "The config has no servers to check\n";
  const paint = painter(io);
  const rows = formatTable([
    ["SERVER", "ANSWER", "TOOLS", "TIME", "PORTS"],
    ...servers.map((server) => [
      server.entry,
      coloured(answers[server.state], colours[server.state], paint),
      server.tools === null ? "-" : String(server.tools),
      `${(server.durationMs / 1000).toFixed(1)} s`,
      server.ports.length === 0 ? "-" : server.ports.map(formatPort).join(", "),
    ]),
  ], io.columns());
  return [
    rows,
    ...servers.map(explain),
    ...(range ? [`The range is ${formatRange(range)}\n`] : []),
    ...(left.length > 0 ? [`Processes that could not be ended: ${left.join(", ")}\n`] : []),
  ].join("");
}

function formatPort({ port, place }: ServerCheck["ports"][number]): string {
  return place === "range" ? String(port) : `${port} (${place})`;
}

const answers: Readonly<Record<ServerState, string>> = {
  "answered": "yes",
  "needs-key": "needs a login or key",
  "broken": "no",
  "installing": "not yet",
  "not-started": "not started",
  "disabled": "disabled",
  "remote": "remote",
  "extension": "extension",
};

const colours: Partial<Readonly<Record<ServerState, Colour>>> = {
  "answered": "green",
  "needs-key": "yellow",
  "broken": "red",
  "installing": "yellow",
  "not-started": "yellow",
};

function explain({ entry, reason, advice, stderr, stdout }: ServerCheck): string {
  if (reason === null) return advice === null ? "" : `${onOneLine(entry)}: ${onOneLine(advice)}\n`;
  const quote = (lines: readonly string[]) =>
    lines.map((line) => `    ${onOneLine(line)}\n`).join("");
  return [
    `${onOneLine(entry)}: ${onOneLine(reason)}\n`,
    advice === null ? "" : `  ${onOneLine(advice)}\n`,
    stderr.length === 0 ? "" : `  its last words:\n${quote(stderr)}`,
    stdout.length === 0 ? "" : `  on standard output, where messages belong:\n${quote(stdout)}`,
  ].join("");
}
