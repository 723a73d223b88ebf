/**
 * Starting the servers of an instance as the app would, to see which of them answer and where
 * they listen.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { recognise } from "../catalogue/recognise.ts";
import { describeRemote } from "../config/server_entries.ts";
import { readExtensions } from "../config/extensions.ts";
import { secretsIn } from "../config/secrets.ts";
import { halfInstalled } from "../instances/caches.ts";
import { listeners } from "../ports/listeners.ts";
import { ensureCopyScript } from "../sandbox/copy_script.ts";
import { choose, endsOthers, obstacleTo } from "./choose_servers.ts";
import { adviceOnClash, copiesAtOnce, joinCopies } from "./copies.ts";
import { planServers } from "./plan_servers.ts";
import { probeServers } from "./probe.ts";
import { type CheckReport, isHealthy, type ServerCheck, silentReport } from "./result.ts";
import {
  type Came,
  type Check,
  type CheckRequest,
  type Startable,
  startTogether,
} from "./start_together.ts";

/** A range has no more ports, and each server is a process or two that all run at once. */
const maxServers = 200;

/**
 * Starts the servers of an instance, speaks with each, looks at the ports they opened, and ends
 * everything that was started: all at once, as the app does, but for those that end others, which
 * come one by one when the rest is gone. As the app itself it starts each more than once.
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
    context.notice(`"${instance.name}" is running, so its own servers may already use the ports`);
  } else if ((await halfInstalled(context.paths, instance.name)).length > 0) {
    context.notice(
      `npx packages of "${instance.name}" are only partly installed, so their servers may not ` +
        `start; install them again with: cmgr doctor ${instance.name} --fix`,
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
  const copies = request.asApp ? copiesAtOnce : 1;
  if (chosen.length * copies > maxServers) {
    throw new CmgrError(
      "usage",
      `The config of "${instance.name}" has ${chosen.length} servers, and at most ` +
        `${maxServers / copies} are checked at once`,
      `Name those to check: cmgr check ${instance.name} TOOL…`,
    );
  }
  if (chosen.some(({ entry }) => entry.script !== undefined)) {
    await ensureCopyScript(instance.sandbox);
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
    const came = request.asApp ? await startAsApp(check, group) : await startTogether(check, group);
    came.forEach(({ report }) => reports.set(report.entry, report));
  }
  const inOrder = named.map(({ key }) => reports.get(key)!);
  return {
    instance: instance.name,
    isolation,
    asApp: request.asApp === true,
    range: allocation?.range ?? null,
    ok: check.left.length === 0 && inOrder.every(isHealthy),
    servers: inOrder,
    left: check.left,
  };
}

/** First the probe, then the copies at the same time. */
async function startAsApp(check: Check, group: readonly Startable[]): Promise<Came[]> {
  const probes = await probeServers(check, group.map(({ command }) => command));
  const numbers = Array.from({ length: copiesAtOnce }, (_, i) => i + 1);
  const all = numbers.flatMap((copy) => group.map((server) => ({ ...server, copy })));
  const came = await startTogether(check, all);
  const hasPorts = await check.instance.allocation() !== undefined;
  return group.map(({ recognised }, i) => {
    const copies = came.filter(({ report }) => report.entry === recognised.key);
    const advice = adviceOnClash(check.instance.name, recognised, hasPorts);
    return { report: joinCopies(copies, probes[i], advice) };
  });
}
