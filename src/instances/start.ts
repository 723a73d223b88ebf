/**
 * Starting an instance.
 *
 * @module
 */
import { join } from "node:path";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { ensureFolder, isPresent, removeIfPresent } from "../system/write.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";
import { dataDirOf, logOf, type Paths, sandboxOf } from "../paths.ts";
import { readInstances } from "../registry/instances.ts";
import { withLock } from "../registry/lock.ts";
import { requireInstance } from "../registry/names.ts";
import { markComplete } from "../sandbox/folder.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { appsOf, terminate } from "../processes/terminate.ts";
import { findLauncher } from "../launch/launcher.ts";
import { knownSecrets } from "../config/known_secrets.ts";
import { hideKnown } from "../config/secrets.ts";
import { endOfLog, rotateLog } from "../launch/logs.ts";
import { refusePortConflicts } from "../launch/port_conflicts.ts";
import { type Plan, planApp } from "../launch/plan.ts";
import { ensureMountSources, prepare } from "../launch/prepare.ts";
import { processTable } from "../processes/list.ts";
import { removeRunRecord, type Run, writeRunRecord } from "../processes/run_record.ts";
import { spawnDetached, type Spawned } from "../launch/spawn.ts";
import { refuseRunning, statusOf } from "../processes/status.ts";

/** How long an app must live to count as started, in milliseconds. */
const proofMs = 1_000;

/** How long what an app started may take to end, once the app itself has failed. */
const cleanMs = 1_000;

/** Lines of the log that an early exit shows. */
const shownLines = 10;

/** How to start. */
export interface StartOptions {
  /** A program to start in place of the app that is set or found. */
  readonly launcher?: string;
  /** Starts although something else listens on the instance's ports. */
  readonly force?: boolean;
}

/** An instance that was started. */
export interface Started {
  /** What was started. */
  readonly run: Run;
  /** Why it is not isolated by bubblewrap, when nobody asked for that. */
  readonly reason: string | undefined;
}

/**
 * Starts an instance: its config is reconciled, the app started in a session of its own, and
 * watched for a moment.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`, net permission to probe, and
 * run permission for `sh`, `bwrap` and `ss`.
 *
 * @param context Where and how
 * @param name Its name
 * @param options How
 * @throws {CmgrError} `not-found`; `running`; `conflict`, when its ports are taken; `damaged`;
 * `failed`, when there is no app or it exits at once
 */
export async function startInstance(
  context: Context,
  name: string,
  options: StartOptions = {},
): Promise<Started> {
  const { paths } = context;
  requireInstance(await readInstances(paths), name);
  // Before the launcher is looked for: what runs needs none.
  await refuseRunning(paths, name);
  await requireSandbox(paths, name);
  const launcher = await findLauncher(context, options.launcher);
  const { subject, choice, host } = await prepare(context, name, launcher);
  const lock = { purpose: `start ${name}`, onWait: context.notice };
  const { run, spawned } = await withLock(paths, lock, async () => {
    requireInstance(await readInstances(paths), name);
    await refuseRunning(paths, name);
    await requireSandbox(paths, name);
    const allocation = await reconcile(context, name);
    if (allocation && !options.force) await refusePortConflicts(name, allocation);
    const current = { ...subject, allocation };
    const plan = planApp(current, choice.isolation, host, launcher);
    if (plan.isolation === "bubblewrap") {
      await ensureMountSources(context, name);
      await removeStaleLock(paths, name);
    }
    return await launch(context, name, plan, launcher);
  });
  const exit = await Promise.race([spawned.ended, after(proofMs)]);
  if (exit === undefined) return { run, reason: choice.reason };
  const app = exit === 0 ? await findBackgroundApp(context, name, run) : undefined;
  if (app !== undefined) return { run: app, reason: choice.reason };
  await terminate(paths, name, cleanMs);
  await withLock(paths, lock, () => removeRunRecord(paths, name));
  throw await exitedAtOnce(paths, name, exit);
}

async function launch(
  { paths }: Context,
  name: string,
  plan: Plan,
  launcher: readonly string[],
): Promise<{ run: Run; spawned: Spawned }> {
  // A crash may have left the mark on, and what is used is nothing half-made.
  await markComplete(sandboxOf(paths, name));
  await rotateLog(paths, name);
  await removeRunRecord(paths, name);
  await ensureFolder(paths.run);
  const spawned = await spawnDetached(paths, name, plan);
  const { boot, processes } = await processTable(paths);
  if (spawned.pid === undefined) throw await exitedAtOnce(paths, name, await spawned.ended);
  const run: Run = {
    pid: spawned.pid,
    // It may have ended already; whoever awaits it learns how.
    started: processes.get(spawned.pid)?.started ?? "",
    supervisor: spawned.supervisor,
    boot,
    isolation: plan.isolation,
    launcher,
    opened: Date.now(),
  };
  await writeRunRecord(paths, name, run);
  return { run, spawned };
}

/** Some launchers start the app in the background and end: then the app is what was started. */
async function findBackgroundApp(
  { paths, notice }: Context,
  name: string,
  run: Run,
): Promise<Run | undefined> {
  await after(proofMs);
  const [main] = appsOf(await statusOf(paths, name));
  if (main === undefined) return undefined;
  const app = { ...run, pid: main.pid, started: main.started };
  const options = { purpose: `start ${name}`, onWait: notice };
  return await withLock(paths, options, async () => {
    await removeRunRecord(paths, name);
    await writeRunRecord(paths, name, app);
    return app;
  });
}

async function requireSandbox(paths: Paths, name: string): Promise<void> {
  const sandbox = sandboxOf(paths, name);
  if (await isPresent(sandbox)) return;
  throw new CmgrError(
    "damaged",
    `The sandbox of "${name}" is gone: ${sandbox}`,
    `Put it back from a backup, or give the name up with: cmgr remove ${name} --yes`,
  );
}

/**
 * In pid namespaces the same few pids come again and again, so a lock that a killed app left
 * behind would look alive to the next. Nothing of the instance runs when this is called.
 */
async function removeStaleLock(paths: Paths, name: string): Promise<void> {
  const folder = dataDirOf(paths, name);
  refuseLinksBelow(sandboxOf(paths, name), folder);
  for (const file of ["SingletonLock", "SingletonSocket", "SingletonCookie"]) {
    await removeIfPresent(join(folder, file));
  }
}

async function exitedAtOnce(paths: Paths, name: string, code: number): Promise<CmgrError> {
  const secrets = await knownSecrets(paths, name);
  const end = hideKnown(await endOfLog(logOf(paths, name), shownLines), secrets);
  const how = code > 128 ? `was ended by signal ${code - 128}` : `exited with code ${code}`;
  return new CmgrError(
    "failed",
    `The app of "${name}" ${how} at once${end ? `. The end of its log:\n${end}` : ""}`,
    `The whole log: cmgr logs ${name}`,
  );
}

async function after(ms: number): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return undefined;
}
