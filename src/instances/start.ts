import { join } from "node:path";
import { type Context, contextFor } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { ensureFolder, isPresent, removeIfPresent } from "../system/write.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";
import { dataDirOf, logOf, type Paths } from "../paths.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import { namesOf } from "../registry/instances.ts";
import { locked } from "../registry/lock.ts";
import { sharersIn } from "../registry/ranges.ts";
import { markCreated } from "../registry/creating.ts";
import { describeBusProblem, findBusProblem } from "../sandbox/bus_warning.ts";
import { ensureLoginProfiles } from "../sandbox/folder.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { appsOf, terminate } from "../processes/terminate.ts";
import { findLauncher } from "../launch/launcher.ts";
import { knownSecrets } from "../config/config_file.ts";
import { hideKnown } from "../config/secrets.ts";
import { endOfLog, rotateLog } from "../launch/logs.ts";
import { boundPorts, refusePortConflicts } from "../launch/port_conflicts.ts";
import { planApp } from "../launch/plan.ts";
import { prepare, type Prepared, prepareMounts } from "../launch/prepare.ts";
import type { Allocation } from "../ports/allocate.ts";
import { removeRunRecord, type Run, writeRunRecord } from "../processes/run_record.ts";
import { spawnDetached } from "../launch/spawn.ts";
import { isRunning } from "../processes/quick_status.ts";
import { refuseLiveRun, refuseRunning, scanStatus } from "../processes/status.ts";

/** How long an app must live to count as started, in milliseconds. */
const aliveMs = 1_000;

/** How long the processes of a failed app may take to end, in milliseconds. */
const endMs = 1_000;

/** Lines of the log that an early exit shows. */
const shownLines = 10;

export interface StartOptions {
  /** A program to start in place of the app that is set or found. */
  readonly launcher?: string;
  /** Starts although something else listens on the instance's ports. */
  readonly force?: boolean;
}

export interface Started {
  /** The instance as it is then. */
  readonly instance: Instance;
  readonly run: Run;
  /** Why it is not isolated by bubblewrap, when the settings do not say so. */
  readonly reason: string | undefined;
}

/**
 * Starts an instance: its config is reconciled, the app started in a session of its own, and
 * watched for a moment.
 *
 * @throws {CmgrError} `not-found`; `running`; `conflict`, when its ports are taken; `damaged`;
 * `failed`, when there is no app or it exits at once
 */
export async function startInstance(
  general: Context,
  instance: Instance,
  options: StartOptions = {},
): Promise<Started> {
  const { name } = instance;
  const context = contextFor(general, name);
  const { paths } = context;
  const purpose = `start ${name}`;
  // First: an instance that runs needs no launcher.
  await refuseLiveRun(paths, name);
  await requireSandbox(instance);
  const launcher = await findLauncher(context, options.launcher);
  const prepared = await prepare(context, instance, undefined, launcher);
  const launched = await withInstanceLocked(context, instance, purpose, async (instance) => {
    await refuseRunning(paths, name);
    await refuseSharedPorts(context, instance);
    await requireSandbox(instance);
    const allocation = await reconcile(context, instance);
    if (allocation && !options.force) {
      const entries = (await instance.config())?.entries ?? [];
      await refusePortConflicts(name, boundPorts(entries, await context.rules(), allocation));
    }
    return await launch(context, instance, prepared, allocation, launcher);
  });
  const { run, ended } = launched;
  const started = { instance: launched.instance, run, reason: prepared.choice.reason };
  const exit = await Promise.race([ended, delay(aliveMs)]);
  if (exit === undefined) return started;
  const app = exit === 0 ? await findBackgroundApp(context, name, run) : undefined;
  if (app !== undefined) return { ...started, run: app };
  await terminate(paths, name, endMs);
  await locked(context, purpose, () => removeRunRecord(paths, name));
  throw await exitedAtOnce(paths, name, exit);
}

async function launch(
  context: Context,
  instance: Instance,
  { subject, choice, host }: Prepared,
  allocation: Allocation | undefined,
  launcher: readonly string[],
): Promise<{ instance: Instance; run: Run; ended: Promise<number> }> {
  const { paths } = context;
  const { name } = instance;
  const plan = planApp({ ...subject, allocation }, choice.isolation, host, launcher);
  let warning: string | undefined;
  if (plan.isolation === "bubblewrap") {
    await prepareMounts(paths, instance, plan);
    await ensureLoginProfiles(instance.sandbox);
    await removeStaleLock(paths, instance);
    const problem = findBusProblem(context.settings, host.variables, host.hasBusProxy);
    warning = problem && describeBusProblem(problem);
  }
  // A crash may have left the mark, but an instance that runs is complete.
  await markCreated(paths, name);
  await rotateLog(paths, name);
  await removeRunRecord(paths, name);
  await ensureFolder(paths.run);
  const { pid, ended, ...identity } = await spawnDetached(context, name, plan);
  if (pid === undefined) throw await exitedAtOnce(paths, name, await ended);
  const since = Date.now();
  const { isolation } = plan;
  const run = { ...identity, pid, isolation, launcher, since, opened: since, warning };
  await writeRunRecord(paths, name, run);
  return { instance: instance.reloaded(), run, ended };
}

/** Some launchers start the app in the background and end: then the app is what was started. */
async function findBackgroundApp(
  context: Context,
  name: string,
  run: Run,
): Promise<Run | undefined> {
  const { paths } = context;
  await delay(aliveMs);
  const [main] = appsOf(paths, name, await scanStatus(paths, name));
  if (main === undefined) return undefined;
  const app = { ...run, pid: main.pid, started: main.started };
  return await locked(context, `start ${name}`, async () => {
    await removeRunRecord(paths, name);
    await writeRunRecord(paths, name, app);
    return app;
  });
}

/** Two instances on one range, as the original cmgr gave them, do not run side by side. */
async function refuseSharedPorts({ paths }: Context, instance: Instance): Promise<void> {
  const { name, registry } = instance;
  const sharers = sharersIn(await instance.ports(), namesOf(registry));
  for (const other of sharers.get(name) ?? []) {
    if (!await isRunning(paths, other)) continue;
    throw new CmgrError(
      "conflict",
      `"${name}" has the same ports as "${other}", which is running`,
      `Give it its own ports with: cmgr mcp ${name} --ports`,
    );
  }
}

async function requireSandbox({ name, sandbox }: Instance): Promise<void> {
  if (await isPresent(sandbox)) return;
  throw new CmgrError(
    "damaged",
    `The sandbox of "${name}" is missing: ${sandbox}`,
    `Restore it from your own backup, or remove the instance: cmgr remove ${name} --yes`,
  );
}

/**
 * In pid namespaces the same few pids come again and again, so a lock that a killed app left
 * behind would look alive to the next. Nothing of the instance runs when this is called.
 */
async function removeStaleLock(paths: Paths, { name, sandbox }: Instance): Promise<void> {
  const folder = dataDirOf(paths, name);
  refuseLinksBelow(sandbox, folder);
  for (const file of ["SingletonLock", "SingletonSocket", "SingletonCookie"]) {
    await removeIfPresent(join(folder, file));
  }
}

async function exitedAtOnce(paths: Paths, name: string, code: number): Promise<CmgrError> {
  const secrets = await knownSecrets(paths, name);
  const end = hideKnown(await endOfLog(logOf(paths, name), shownLines), secrets);
  const isSignal = code > 128 && Deno.build.os !== "windows";
  const how = isSignal ? `was ended by signal ${code - 128}` : `exited with code ${code}`;
  return new CmgrError(
    "failed",
    `The app of "${name}" ${how} right after its start${
      end ? `. The end of its log:\n${end}` : ""
    }`,
    `See the full log: cmgr logs ${name}`,
  );
}

async function delay(ms: number): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return undefined;
}
