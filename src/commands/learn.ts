import { Exit } from "../errors.ts";
import { learnInstance } from "../learn/learn_instance.ts";
import type { LearnReport, LearnState, ServerLearnt } from "../learn/result.ts";
import { withRule } from "../learn/write_rules.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import { ask } from "../session/confirm.ts";
import { parseSeconds } from "../session/option_values.ts";
import type { Session } from "../session/session.ts";
import { interruptible } from "../system/signal_listeners.ts";
import { type Colour, painter } from "../terminal/colour.ts";
import { onOneLine } from "../terminal/output.ts";
import { coloured, formatTable } from "../terminal/table.ts";

export const notes = `
Starts each server once as "cmgr check" does, then several times in an isolated network, to find the
variable or the flag that moves its port, and what a second copy does. What it learns becomes a rule
in ~/.cmgr/tools.jsonc; your comments stay. Nothing is learnt from a server that does not answer. It
needs bubblewrap.

Examples:
  cmgr learn work
  cmgr learn work --all --dry-run`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .argument(
      "[servers...]",
      "servers to learn, by entry or tool name (default: those without a rule)",
    )
    .option("-a, --all", "learn all servers, also those that have a rule")
    .option("--dry-run", "print the rules, without writing them")
    .option("-y, --yes", "try servers that need the network in the network of this machine")
    .option(
      "--timeout <seconds>",
      "how long each start may take to answer (default: 120 for the first, then 60)",
      parseSeconds,
    )
    .option("--json", "print the results as JSON")
    .action(async (name, servers, { all = false, dryRun = false, yes, timeout }) => {
      const context = await session.context();
      const instance = await chooseInstance(context, name);
      const mayShare = async (keys: readonly string[]) =>
        yes || await ask(session, shareWarning(keys)) === true;
      const report = await interruptible((signal) =>
        learnInstance(context, {
          instance,
          servers,
          all,
          dryRun,
          firstMs: timeout ?? 120_000,
          timeoutMs: timeout ?? 60_000,
          mayShare,
          signal,
        })
      );
      session.show({ json: report, text: format(session, report, dryRun) });
      if (!report.ok) session.exitWith(Exit.failed);
    });
}

function shareWarning(keys: readonly string[]): string {
  return `These servers need the network to answer: ${keys.join(", ")}. Trying them in the ` +
    "network of this machine opens ports, and may disturb or end programs that use those ports";
}

function format(session: Session, { instance, servers, written }: LearnReport, dryRun: boolean) {
  if (servers.length === 0) {
    return `Every server of "${instance}" has a rule; learn them again with: ` +
      `cmgr learn ${instance} --all\n`;
  }
  const paint = painter(session.io);
  const rows = formatTable([
    ["SERVER", "LEARNT", "PORTS", "SECOND COPY", "TIME"],
    ...servers.map((server) => [
      server.entry,
      coloured(...states[server.state], paint),
      server.ports.map(formatPort).join(", ") || "-",
      server.secondCopy ?? "-",
      `${(server.durationMs / 1_000).toFixed(1)} s`,
    ]),
  ], session.io.columns());
  const rules = servers.flatMap(({ rule }) => rule ?? []);
  return [
    rows,
    ...servers.map(({ entry, note }) => `${onOneLine(entry)}: ${onOneLine(note)}\n`),
    ...servers.filter(({ state }) => state === "needs-network").map(({ entry }) =>
      `To try ${onOneLine(entry)} in the network of this machine: cmgr learn ${instance} ` +
      `${onOneLine(entry)} --yes\n`
    ),
    dryRun && rules.length > 0 ? `\n${rules.reduce(withRule, "")}` : "",
    written
      ? `Written to ~/.cmgr/tools.jsonc; ports change at the next start, or now with: ` +
        `cmgr mcp ${instance} --ports\n`
      : "",
  ].join("");
}

function formatPort({ default: port, move }: ServerLearnt["ports"][number]): string {
  return `${port ?? "varies"} (${move})`;
}

const states: Readonly<Record<LearnState, readonly [learnt: string, Colour | undefined]>> = {
  "quiet": ["binds nothing", "green"],
  "moved": ["can be moved", "green"],
  "fixed": ["cannot be moved", "yellow"],
  "silent": ["nothing: no answer", "red"],
  "needs-network": ["nothing: needs the network", "yellow"],
  "left-alone": ["left alone", undefined],
};
