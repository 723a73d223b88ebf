/**
 * Starting the servers of an instance as the app would, to see which of them answer and where
 * they listen.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { recognise } from "../catalogue/recognise.ts";
import { describeRemote } from "../config/server_entries.ts";
import { readExtensions } from "../config/extensions.ts";
import { secretsIn } from "../config/secrets.ts";
import { halfInstalled } from "../instances/caches.ts";
import { listeners } from "../ports/listeners.ts";
import { ensureCopyScript } from "../sandbox/copy_script.ts";
import { choose, endsOthers, reasonNotToStart } from "./choose_servers.ts";
import { clashAdvice, copiesAtOnce, joinCopies } from "./copies.ts";
import { prepareServers } from "./plan_servers.ts";
import { probeServers } from "./probe.ts";
import { type CheckReport, type ServerCheck, silentReport } from "./result.ts";
import {
  type Check,
  type CheckRequest,
  type CopyOutcome,
  type Startable,
  startServers,
} from "./start_servers.ts";

/** A range has no more ports, and each server is a process or two that all run at once. */
const maxServers = 200;

/**
 * Starts the servers of an instance, speaks with each, looks at the ports they opened, and ends
 * everything that was started. All run at once, as in the app, except for those that would end
 * others: these follow one by one. As the app itself it starts each more than once.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`, the permissions of a launch plan, and run
 * permission for `ps`, `kill`, and `ss` or `lsof`.
 *
 * @throws {CmgrError} `not-found`, `damaged`; `usage` for an unknown tool; `interrupted`
 */
export async function checkInstance(context: Context, request: CheckRequest): Promise<CheckReport> {
  const { instance, asApp = false } = request;
  if (Deno.build.os === "windows") {
    throw new CmgrError(
      "failed",
      "Servers can't be checked on Windows, where cmgr could not be sure to end all that they start",
      `Start the instance, and read their logs: cmgr logs ${instance.name} --server SERVER`,
    );
  }
  const config = await instance.config();
  const { entries = [], remotes = [] } = config ?? {};
  const known = recognise(entries, await context.rules());
  const { enabled } = await readExtensions(context.paths, instance.name);
  const extensions = enabled.filter(({ key }) => !known.some((one) => one.key === key));
  const unknown = (key: string) => ({ key, tool: key, rule: undefined });
  const notStarted = [
    ...remotes.map((remote) =>
      silentReport(unknown(remote.key), "remote", `it ${describeRemote(remote)}`)
    ),
    ...extensions.map(({ key }) => {
      const reason = "it is a desktop extension, which the app starts by itself";
      return silentReport(unknown(key), "extension", `it was not started: ${reason}`);
    }),
    ...known.filter((_, i) => entries[i].isDisabled).map((server) =>
      silentReport(server, "disabled", "it was not started: the config disables it")
    ),
  ];
  const named = choose([
    ...known,
    ...[...remotes, ...extensions].map(({ key }) => unknown(key)),
  ], request.tools);
  const isRunning = await instance.isRunning();
  await warn(context, instance, isRunning);
  const reports = new Map(notStarted.map((report) => [report.entry, report]));
  const chosen = known.map((recognised, i) => ({ recognised, entry: entries[i] }))
    .filter(({ entry }) => !entry.isDisabled && named.some(({ key }) => key === entry.key));
  const most = maxServers / (asApp ? copiesAtOnce : 1);
  if (chosen.length > most) {
    throw new CmgrError(
      "usage",
      `The config of "${instance.name}" has ${chosen.length} servers, and at most ${most} are ` +
        "checked at once",
      `Name those to check: cmgr check ${instance.name} TOOL…`,
    );
  }
  if (chosen.some(({ entry }) => entry.script !== undefined)) {
    await ensureCopyScript(instance.sandbox);
  }
  const planFor = chosen.length > 0 ? await prepareServers(context, instance) : undefined;
  const plans = chosen.flatMap(({ entry }) => planFor?.(entry) ?? []);
  const servers = chosen.map((one, i): Startable => ({ ...one, command: plans[i] }));
  const secrets = config ? secretsIn(config.text) : [];
  const check: Check = { ...request, context, secrets, left: [] };
  const start = async (group: readonly Startable[]) => {
    const outcomes = await (asApp ? startAsApp(check, group) : startServers(check, group));
    for (const { report } of outcomes) reports.set(report.entry, report);
  };
  await start(servers.filter(({ recognised }) => !endsOthers(recognised)));
  for (const server of servers.filter(({ recognised }) => endsOthers(recognised))) {
    const { recognised, entry } = server;
    const reason = reasonNotToStart(recognised, await listeners(), isRunning);
    if (reason === undefined) await start([server]);
    else reports.set(entry.key, silentReport(recognised, "not-started", reason));
  }
  const inOrder = named.map(({ key }) => reports.get(key)!);
  return {
    instance: instance.name,
    isolation: plans[0]?.isolation ?? null,
    asApp,
    range: (await instance.allocation())?.range ?? null,
    ok: check.left.length === 0 && inOrder.every(isHealthy),
    servers: inOrder,
    left: check.left,
  };
}

async function warn({ notice, paths }: Context, instance: Instance, isRunning: boolean) {
  const { name } = instance;
  if (isRunning) {
    notice(`"${name}" is running, so its own servers may already use the ports`);
  } else if ((await halfInstalled(paths, name)).length > 0) {
    notice(
      `npx packages of "${name}" are only partly installed, so their servers may not start; ` +
        `install them again with: cmgr doctor ${name} --fix`,
    );
  }
}

/** First the probe, then the copies at the same time. */
async function startAsApp(check: Check, servers: readonly Startable[]): Promise<CopyOutcome[]> {
  const probes = await probeServers(check, servers.map(({ command }) => command));
  const numbers = Array.from({ length: copiesAtOnce }, (_, i) => i + 1);
  const all = numbers.flatMap((copy) => servers.map((server) => ({ ...server, copy })));
  const outcomes = await startServers(check, all);
  const hasPorts = await check.instance.allocation() !== undefined;
  return servers.map(({ recognised }, i) => {
    const copies = outcomes.filter(({ report }) => report.entry === recognised.key);
    const advice = clashAdvice(check.instance.name, recognised, hasPorts);
    return { report: joinCopies(copies, probes[i], advice) };
  });
}

/** Also those that the app does not start. */
function isHealthy({ state, ports }: ServerCheck): boolean {
  return ["answered", "disabled", "remote", "extension"].includes(state) &&
    ports.every(({ place }) => place !== "outside");
}
