/**
 * Starting the servers of an instance as the app would, to see which of them answer and where
 * they listen.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { recognise, type Recognised } from "../catalogue/recognise.ts";
import { describeRemote, type Entry } from "../config/config_text.ts";
import { readExtensions } from "../config/extensions.ts";
import { secretsIn } from "../config/secrets.ts";
import type { Instance } from "../instance.ts";
import { halfInstalled } from "../instances/npx_cache.ts";
import { type Listener, listeners } from "../ports/listeners.ts";
import type { ChosenIsolation } from "../sandbox/isolation.ts";
import { choose, endsOthers, obstacleTo } from "./choose_servers.ts";
import { evidenceOf } from "./evidence.ts";
import { placePorts, portsExpected } from "./open_ports.ts";
import { planServers } from "./plan_servers.ts";
import { reasonOf } from "./reason.ts";
import { answeredReport, type CheckReport, isHealthy, silentReport } from "./result.ts";
import type { ServerCheck } from "./result.ts";
import { endServers, type ServerCommand } from "./server_process.ts";
import { openServerSession, type ServerSession, type SessionOutcome } from "./server_session.ts";
import { watchPorts } from "./watch_ports.ts";

/** A range has no more ports, and each server is a process or two that all run at once. */
const maxServers = 200;

/** What to check, and how. */
export interface CheckRequest {
  readonly instance: Instance;
  /** Keys or tools to check; all when there is none. */
  readonly tools: readonly string[];
  /** How long each server may take to answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the check early. */
  readonly signal: AbortSignal;
}

/** A server that can be started. */
interface Startable {
  readonly entry: Entry;
  readonly recognised: Recognised;
  readonly command: ServerCommand;
}

/** Everything that one check shares. */
interface Check extends CheckRequest {
  readonly context: Context;
  readonly secrets: readonly string[];
  readonly isolation: ChosenIsolation | null;
  readonly left: number[];
}

/**
 * Starts the servers of an instance, speaks with each, looks at the ports they opened, and ends
 * everything that was started: all at once, as the app does, but for those that end others, which
 * come one by one when the rest is gone.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`, the permissions of a launch plan, and run
 * permission for `ps`, `kill`, and `ss` or `lsof`.
 *
 * @throws {CmgrError} `not-found`, `damaged`; `usage` for a tool that is not there; `interrupted`
 */
export async function checkInstance(context: Context, request: CheckRequest): Promise<CheckReport> {
  const { instance } = request;
  if (Deno.build.os === "windows") {
    throw new CmgrError(
      "failed",
      "Servers can't be checked on Windows, where cmgr could not be sure to end all that they start",
      `Start the instance, and read their logs: cmgr logs ${instance.name} --server SERVER`,
    );
  }
  const config = await instance.config();
  const { entries = [], remotes = [] } = config ?? {};
  const allocation = await instance.allocation();
  const known = recognise(entries, await context.rules());
  const isInConfig = (key: string) => known.some((one) => one.key === key);
  const enabled = (await readExtensions(context.paths, instance.name)).enabled
    .filter(({ key }) => !isInConfig(key));
  const named = choose([
    ...known,
    ...[...remotes, ...enabled].map(({ key }) => ({ key, tool: key })),
  ], request.tools);
  const isRunning = await instance.isRunning();
  if (isRunning) {
    context.notice(`"${instance.name}" is running: its own servers may hold the ports already`);
  } else if ((await halfInstalled(context.paths, instance.name)).length > 0) {
    context.notice(
      `npx has installed packages of "${instance.name}" in part, so their servers may not start; ` +
        `have them installed again with: cmgr doctor ${instance.name} --fix`,
    );
  }
  const reports = new Map<string, ServerCheck>();
  for (const remote of remotes) {
    const about = { key: remote.key, tool: remote.key, rule: undefined };
    reports.set(remote.key, silentReport(about, "remote", `it ${describeRemote(remote)}`));
  }
  for (const { key } of enabled) {
    const reason = "it was not started: it is a desktop extension, which the app starts by itself";
    reports.set(key, silentReport({ key, tool: key, rule: undefined }, "extension", reason));
  }
  for (const [i, { isDisabled }] of entries.entries()) {
    if (!isDisabled) continue;
    const reason = "it was not started: the config disables it";
    reports.set(known[i].key, silentReport(known[i], "disabled", reason));
  }
  const chosen = known.flatMap((recognised, i) =>
    named.some(({ key }) => key === recognised.key) && !entries[i].isDisabled
      ? [{ recognised, entry: entries[i] }]
      : []
  );
  if (chosen.length > maxServers) {
    throw new CmgrError(
      "usage",
      `The config of "${instance.name}" has ${chosen.length} servers, and at most ${maxServers} ` +
        "are checked at once",
      `Name those to check: cmgr check ${instance.name} TOOL…`,
    );
  }
  const { isolation, commands } = await planServers(
    context,
    instance,
    chosen.map(({ entry }) => entry),
  );
  const servers = chosen.map((one, i): Startable => ({ ...one, command: commands[i] }));
  const check: Check = {
    ...request,
    context,
    secrets: config ? secretsIn(config.text) : [],
    isolation,
    left: [],
  };
  const alone = servers.filter(({ recognised }) => endsOthers(recognised));
  const together = servers.filter(({ recognised }) => !endsOthers(recognised));
  for (const group of [together, ...alone.map((one) => [one])]) {
    const [first] = group;
    const obstacle = first && obstacleTo(first.recognised, await listeners(), isRunning);
    if (obstacle !== undefined) {
      const { key } = first.recognised;
      reports.set(key, silentReport(first.recognised, "not-started", obstacle));
      continue;
    }
    const came = await checkTogether(check, group);
    came.forEach((report) => reports.set(report.entry, report));
  }
  const inOrder = named.map(({ key }) => reports.get(key)!);
  return {
    instance: instance.name,
    isolation,
    range: allocation?.range ?? null,
    ok: check.left.length === 0 && inOrder.every(isHealthy),
    servers: inOrder,
    left: check.left,
  };
}

async function checkTogether(check: Check, group: readonly Startable[]): Promise<ServerCheck[]> {
  const { context, instance, signal } = check;
  const startedAt = Date.now();
  const sessions: ServerSession[] = [];
  try {
    const met = group.map((server) => {
      const session = openServerSession(server.command, check);
      sessions.push(session);
      const report = session.outcome.then(async (outcome) =>
        await reportOn(check, server, session, outcome, startedAt)
      );
      return { ...server, session, report };
    });
    const reports = told(check, met);
    const watched = met.map(({ session, recognised, entry }) => ({
      session,
      expected: portsExpected(recognised, entry),
    }));
    const [open, found] = await Promise.all([
      watchPorts(context.paths, watched, reports, signal),
      reports,
    ]);
    refuseInterrupted(signal);
    const allocation = await instance.allocation();
    return found.map((report, i) => withPorts(report, open[i], allocation));
  } finally {
    await Promise.all(sessions.map((session) => session.leave()));
    const left = await endServers(context.paths, sessions.map(({ server }) => server));
    check.left.push(...left);
  }
}

/** Tells which servers are still waited for, until all have been reported on. */
async function told(
  { context: { progress } }: Check,
  servers: readonly { readonly entry: Entry; readonly report: Promise<ServerCheck> }[],
): Promise<ServerCheck[]> {
  const waiting = new Set(servers.map(({ entry }) => entry.key));
  const describe = () =>
    `Waiting for ${waiting.size} of ${servers.length} servers: ${[...waiting].join(", ")} ` +
    "(a first start may download them)";
  return await progress(describe(), (step) =>
    Promise.all(servers.map(async ({ entry, report }) => {
      const result = await report;
      waiting.delete(entry.key);
      if (waiting.size > 0) step(describe());
      return result;
    })));
}

function withPorts(
  report: ServerCheck,
  open: readonly Listener[],
  allocation: Parameters<typeof placePorts>[1],
): ServerCheck {
  return { ...report, ports: placePorts(open, allocation) };
}

/** Told as soon as it is known. */
async function reportOn(
  check: Check,
  { recognised, entry }: Startable,
  session: ServerSession,
  outcome: SessionOutcome,
  startedAt: number,
): Promise<ServerCheck> {
  const { secrets, instance, signal } = check;
  if (outcome.introduction) {
    return answeredReport(recognised, outcome.introduction, outcome.durationMs);
  }
  // Nobody reads what is found of a check that was interrupted.
  const evidence = signal.aborted
    ? { ...outcome, stderr: [], stdout: [] }
    : await evidenceOf({ ...check, entry, session, outcome, startedAt });
  const reason = reasonOf(evidence, instance.name);
  return silentReport(recognised, reason.state, reason.text, {
    ...reason,
    ...evidence,
    secrets,
    durationMs: outcome.durationMs,
  });
}

function refuseInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new CmgrError(
    "interrupted",
    "The check was interrupted; everything that it started was ended",
    "Start it again; a single server is checked with: cmgr check NAME TOOL",
  );
}
