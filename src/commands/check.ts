import { checkInstance } from "../check/check_instance.ts";
import type { CheckReport, ServerCheck, ServerState } from "../check/result.ts";
import { loadInstance } from "../instance.ts";
import { endingSignals, onSignals } from "../system/signal_listeners.ts";
import { CmgrError, Exit } from "../errors.ts";
import { printable } from "../terminal/output.ts";
import { formatTable } from "../terminal/table.ts";
import { formatRange } from "../ports/layout.ts";
import type { Session } from "../session/session.ts";

interface Options {
  readonly timeout: string;
  readonly json?: true;
}

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .argument("[tools...]", "servers to check, by key or tool; all when none is named")
    .option("--timeout <seconds>", "how long each server may take to answer", "120")
    .option("--json", "print what was found as JSON")
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
  name: string,
  tools: readonly string[],
  { timeout, json }: Options,
): Promise<void> {
  const timeoutMs = readTimeout(timeout);
  const context = await session.context();
  const instance = await loadInstance(context, name);
  const found = await interruptible((signal) =>
    checkInstance(context, { instance, tools, timeoutMs, signal })
  );
  session.show({ asJson: json, json: found, text: format(found) });
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

/** A signal that would end cmgr ends the work instead, which cleans up after itself. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  using _listeners = onSignals(endingSignals, () => controller.abort());
  return await work(controller.signal);
}

function format({ servers, range, left }: CheckReport): string {
  if (servers.length === 0) return "The config has no servers to check\n";
  const rows = formatTable([
    ["SERVER", "ANSWER", "TOOLS", "TIME", "PORTS"],
    ...servers.map((server) => [
      server.entry,
      answers[server.state],
      server.tools === null ? "-" : String(server.tools),
      `${(server.durationMs / 1000).toFixed(1)} s`,
      server.ports.length === 0 ? "-" : server.ports.map(formatPort).join(", "),
    ]),
  ]);
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

function explain({ entry, reason, advice, stderr, stdout }: ServerCheck): string {
  if (reason === null) return "";
  const quote = (lines: readonly string[]) =>
    lines.map((line) => `    ${printable(line)}\n`).join("");
  return [
    `${entry}: ${printable(reason)}\n`,
    advice === null ? "" : `  ${printable(advice)}\n`,
    stderr.length === 0 ? "" : `  its last words:\n${quote(stderr)}`,
    stdout.length === 0 ? "" : `  on standard output, where messages belong:\n${quote(stdout)}`,
  ].join("");
}
