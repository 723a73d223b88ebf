/**
 * Starting the servers of an instance as the app would, to see which of them answer and where
 * they listen.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { prepareCommands } from "../launch/prepare.ts";
import { hazardsOf } from "../catalogue/hazards.ts";
import { type Listener, listeners } from "../ports/listeners.ts";
import { recognise, type Recognised } from "../catalogue/recognise.ts";
import type { Instance } from "../instance.ts";
import { redact, secretsIn } from "../config/secrets.ts";
import { placePorts, portsExpected } from "./open_ports.ts";
import { openServerSession, type ServerSession, type SessionOutcome } from "./server_session.ts";
import { type CheckReport, isHealthy, reportOf } from "./result.ts";
import { commandFor, variablesFor } from "./server_environment.ts";
import { endServers } from "./server_process.ts";
import { openPorts } from "./watch_ports.ts";

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

/**
 * Starts the servers of an instance all at once, as the app does, speaks with each, looks at the
 * ports they opened, and ends everything that was started.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`, the permissions of a launch plan, and run
 * permission for `ps`, `kill`, and `ss` or `lsof`.
 *
 * @param context Where and how
 * @param request What to check
 * @throws {CmgrError} `not-found`, `damaged`; `usage` for a tool that is not there; `failed` when
 * it is interrupted
 */
export async function checkInstance(context: Context, request: CheckRequest): Promise<CheckReport> {
  const { instance, signal } = request;
  if (Deno.build.os === "windows") {
    throw new CmgrError(
      "failed",
      "Servers cannot be checked on Windows: cmgr may not start them there by itself",
      "Start the instance, and read the logs of its servers",
    );
  }
  const { paths } = context;
  const { name } = instance;
  const config = await instance.config();
  const entries = config?.entries ?? [];
  const recognised = recognise(entries, await context.rules());
  const allocation = await instance.allocation();
  const chosen = choose(recognised, request.tools);
  if (await instance.isRunning()) {
    context.notice(`"${name}" is running: its own servers may hold the ports already`);
  }
  const secrets = config ? secretsIn(config.text) : [];
  const held = await listeners();
  const planFor = await prepareCommands(context, instance);
  const plans = [];
  for (const index of chosen) {
    const plan = planFor(commandFor(entries[index]));
    const variables = variablesFor((name) => plan.env[name], entries[index]);
    plans.push({ index, plan, variables, obstacle: obstacleTo(recognised[index], held) });
  }
  const sessions: ServerSession[] = [];
  try {
    const met = plans.map(({ index, plan, variables, obstacle }) => {
      const { key } = entries[index];
      const session = obstacle === undefined
        ? openServerSession(
          { argv: plan.argv, env: variables },
          request,
        )
        : undefined;
      if (session) sessions.push(session);
      const outcome: Promise<SessionOutcome> = session?.outcome ??
        Promise.resolve({ reason: obstacle!, durationMs: 0 });
      return {
        index,
        session,
        outcome: outcome.then((result) => {
          const time = `${(result.durationMs / 1000).toFixed(1)} s`;
          context.notice(
            result.introduction
              ? `${key}: ${countOf(result.introduction.tools)}, ${time}`
              : `${key}: no answer: ${redact(result.reason ?? "", secrets)}`,
          );
          return result;
        }),
      };
    });
    const outcomes = await Promise.all(met.map(({ outcome }) => outcome));
    refuseInterrupted(signal);
    const expected = met.map(({ index }) => portsExpected(recognised[index], entries[index]));
    const open = await openPorts(paths, met.map(({ session }) => session), expected, signal);
    refuseInterrupted(signal);
    const servers = met.map(({ index, session }, i) =>
      reportOf({
        entry: recognised[index],
        outcome: outcomes[i],
        ports: placePorts(open[i], allocation),
        stderr: session?.server.stderr() ?? [],
      }, secrets)
    );
    const left = await end(paths, sessions);
    return {
      instance: name,
      isolation: plans[0]?.plan.isolation ?? null,
      range: allocation?.range ?? null,
      ok: left.length === 0 && servers.every(isHealthy),
      servers,
      left,
    };
  } finally {
    await end(paths, sessions);
  }
}

function choose(recognised: readonly Recognised[], tools: readonly string[]): number[] {
  for (const name of tools) {
    if (recognised.some(({ key, tool }) => key === name || tool === name)) continue;
    throw new CmgrError(
      "usage",
      `There is no server called ${JSON.stringify(name)} in this config`,
      recognised.length === 0
        ? "The config has no servers"
        : `There are: ${recognised.map(({ key }) => key).join(", ")}`,
    );
  }
  return recognised.flatMap(({ key, tool }, i) =>
    tools.length === 0 || tools.includes(key) || tools.includes(tool) ? [i] : []
  );
}

/** Why a server must not be started now: it would end somebody else's. */
function obstacleTo(entry: Recognised, held: readonly Listener[]): string | undefined {
  const [hazard] = entry.isPortOnly ? [] : hazardsOf(entry.rule, "exclusive");
  if (hazard === undefined) return undefined;
  const ports = (entry.rule?.ports ?? []).map((port) => port.default);
  const holder = held.find(({ port }) => ports.includes(port));
  if (holder === undefined) return undefined;
  const who = holder.command === null ? "" : ` (${holder.command}, process ${holder.pid})`;
  return `it was not started: it ${hazard.text}, and something does${who}`;
}

function countOf(tools: number): string {
  return tools === 1 ? "1 tool" : `${tools} tools`;
}

function refuseInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new CmgrError(
    "failed",
    "The check was interrupted; everything that it started was ended",
    "Start it again; a single server is checked with: cmgr check NAME TOOL",
  );
}

async function end(paths: Paths, sessions: ServerSession[]): Promise<number[]> {
  const servers = sessions.splice(0);
  if (servers.length === 0) return [];
  await Promise.all(servers.map((session) => session.leave()));
  return await endServers(paths, servers.map(({ server }) => server));
}
