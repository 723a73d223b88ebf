import { join } from "node:path";
import { type Context, contextFor } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { isPresent } from "../system/write.ts";
import { dataDirOf, type Paths } from "../paths.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { locked } from "../registry/lock.ts";
import { Instance } from "../instance.ts";
import { checkLink } from "./claude_link.ts";
import { currentRoute } from "./current_route.ts";
import { deliver } from "../launch/deliver.ts";
import { isSame } from "../processes/identity.ts";
import { findLauncher } from "../launch/launcher.ts";
import { closePendingLogin } from "./pending_login.ts";
import { planApp } from "../launch/plan.ts";
import { prepare, prepareMounts } from "../launch/prepare.ts";
import { readRunRecord, type Run, writeRunRecord } from "../processes/run_record.ts";
import { startInstance } from "../instances/start.ts";
import { statusesOf } from "../processes/quick_status.ts";

/** How long an app may take until it accepts links, in milliseconds. */
const readyMs = 30_000;

/**
 * Delivers a link to an instance, which is started if it does not run; without a link its window
 * comes to the front.
 *
 * @returns Whether it had to be started
 * @throws {CmgrError} `usage` for the link, and as {@linkcode startInstance}
 */
export async function openInstance(
  everyone: Context,
  instance: Instance,
  link?: string,
): Promise<boolean> {
  if (link !== undefined) checkLink(link);
  const { name } = instance;
  const context = contextFor(everyone, name);
  const { status, run } = await instance.status();
  const isStarted = status !== "running";
  const current = isStarted ? (await startInstance(context, instance)).run : run!;
  // The link is not an argument of the app itself: the list of processes would show it for days.
  if (link !== undefined || !isStarted) await deliverLink(context, instance, current, link);
  await markOpened(context, name, current);
  if (link !== undefined) await closePendingLogin(context, ({ instance }) => instance === name);
  return isStarted;
}

/**
 * Brings the window of a running instance to the front, if its app can do that.
 *
 * @returns Whether it was asked
 * @throws {CmgrError} `failed`, when it does not take it
 */
export async function bringForward(everyone: Context, instance: Instance): Promise<boolean> {
  const { name } = instance;
  const context = contextFor(everyone, name);
  const { run } = await instance.status();
  if (run === undefined || !await takesLinks(context.paths, name)) return false;
  await deliverLink(context, instance, run, undefined);
  await markOpened(context, name, run);
  return true;
}

/**
 * Delivers a link to the instance that takes links now.
 *
 * @returns Its name
 * @throws {CmgrError} `failed`, when no instance takes links; as {@linkcode openInstance}
 */
export async function routeLink(context: Context, link: string): Promise<string> {
  checkLink(link);
  const { paths } = context;
  const registry = await readInstances(paths);
  const names = namesOf(registry);
  const route = await currentRoute(context, names, await statusesOf(paths, names));
  if (route === undefined) {
    throw new CmgrError(
      "failed",
      "A claude:// link was opened, but no instance is running",
      "Start the instance that it is for and open the link again: cmgr start NAME, or " +
        `cmgr login NAME; or set "defaultInstance" in ${paths.settings}`,
    );
  }
  await openInstance(context, new Instance(context, registry, route.instance), link);
  return route.instance;
}

async function deliverLink(
  context: Context,
  instance: Instance,
  run: Run,
  link: string | undefined,
): Promise<void> {
  const { settings } = context;
  const launcher = run.launcher ?? await findLauncher(context);
  // It must reach the app that runs, in the isolation that it was started with.
  const isolation = run.isolation ?? settings.isolation;
  const own = { ...context, settings: { ...settings, isolation } };
  const allocation = await instance.allocation();
  const { subject, choice, host } = await prepare(own, instance, allocation, launcher);
  await waitForSocket(context.paths, instance.name);
  const rest = link === undefined ? [] : [link];
  const options = { diesWithParent: true, joins: true };
  const plan = planApp(subject, choice.isolation, host, launcher, rest, options);
  if (plan.isolation === "bubblewrap") await prepareMounts(context.paths, instance, plan);
  await deliver(instance.name, plan);
}

/**
 * Until an app has its lock, another process of it would take that lock and run as a second app.
 */
async function waitForSocket(paths: Paths, name: string): Promise<void> {
  const end = performance.now() + readyMs;
  while (!await takesLinks(paths, name)) {
    if (performance.now() > end) {
      throw new CmgrError(
        "failed",
        `The app of "${name}" cannot receive links: it has no single-instance socket`,
        `See why: cmgr logs ${name}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function takesLinks(paths: Paths, name: string): Promise<boolean> {
  // A socket of Chromium on Linux and macOS; on Windows it is a hidden window, which cannot be seen.
  return Deno.build.os === "windows" ||
    await isPresent(join(dataDirOf(paths, name), "SingletonSocket"));
}

/** The instance that was opened last takes the next link. */
async function markOpened(context: Context, name: string, run: Run): Promise<void> {
  const { paths } = context;
  await locked(context, `open ${name}`, async () => {
    const now = await readRunRecord(paths, name);
    if (now && isSame(now, run)) await writeRunRecord(paths, name, { ...now, opened: Date.now() });
  });
}
