import { join } from "node:path";
import { type Context, contextFor } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { Instance } from "../instance.ts";
import { startInstance } from "../instances/start.ts";
import { deliver } from "../launch/deliver.ts";
import { findLauncher } from "../launch/launcher.ts";
import { planApp } from "../launch/plan.ts";
import { prepare, prepareMounts } from "../launch/prepare.ts";
import { dataDirOf, type Paths } from "../paths.ts";
import { isSame } from "../processes/process.ts";
import { statusesOf } from "../processes/quick_status.ts";
import { readRunRecord, type Run, writeRunRecord } from "../processes/run_record.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { locked } from "../registry/lock.ts";
import { waitUntil } from "../system/wait.ts";
import { isPresent } from "../system/write.ts";
import { checkLink } from "./claude_link.ts";
import { closePendingLogin } from "./pending_login.ts";
import { currentRoute } from "./routing.ts";

/** How long an app may take until it accepts links, in milliseconds. */
const readyMs = 30_000;

/**
 * Sends a link to an instance, or brings its window to the front without one. Starts an instance
 * that does not run.
 *
 * @returns Whether it was started
 * @throws {CmgrError} `usage` for the link, and as {@linkcode startInstance}
 */
export async function openInstance(
  base: Context,
  instance: Instance,
  link?: string,
): Promise<boolean> {
  if (link !== undefined) checkLink(link);
  const { name } = instance;
  const context = contextFor(base, name);
  const { status, run } = await instance.status();
  const isStarted = status !== "running";
  const current = isStarted ? (await startInstance(context, instance)).run : run!;
  // The link is not an argument of the app itself: the list of processes would show it for days.
  if (link !== undefined || !isStarted) await deliverLink(context, instance, current, link);
  await markOpened(context, name, current);
  if (link !== undefined) await closePendingLogin(context, ({ instance }) => instance === name);
  return isStarted;
}

/** Brings the window of a running instance to the front, if its app can do that. */
export async function bringForward(context: Context, instance: Instance): Promise<void> {
  if (await takesLinks(context.paths, instance.name)) await openInstance(context, instance);
}

/**
 * Sends a link to the instance that receives links now, and returns its name.
 *
 * @throws {CmgrError} `failed`, when no instance receives links; as {@linkcode openInstance}
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
  // Only in the isolation that the app was started with is it reached.
  const isolation = run.isolation ?? settings.isolation;
  const own = { ...context, settings: { ...settings, isolation } };
  const allocation = await instance.allocation();
  const { subject, choice, host } = await prepare(own, instance, allocation, launcher);
  await waitForSocket(context.paths, instance.name);
  const rest = link === undefined ? [] : [link];
  const plan = planApp(subject, choice.isolation, host, launcher, rest, { joins: true });
  if (plan.isolation === "bubblewrap") await prepareMounts(context.paths, instance, plan);
  await deliver(instance.name, plan);
}

/** Until an app has its socket, another process would create that and run as a second app. */
async function waitForSocket(paths: Paths, name: string): Promise<void> {
  if (await waitUntil(readyMs, () => takesLinks(paths, name))) return;
  throw new CmgrError(
    "failed",
    `The app of "${name}" cannot receive links: it has no single-instance socket`,
    `See why: cmgr logs ${name}`,
  );
}

async function takesLinks(paths: Paths, name: string): Promise<boolean> {
  // Chromium's socket on Linux and macOS. On Windows it is a hidden window, which cmgr cannot find.
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
