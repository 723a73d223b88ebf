/**
 * Opening an instance: a link in it, or its window.
 *
 * @module
 */
import { join } from "node:path";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { isPresent } from "../system/write.ts";
import { dataDirOf, type Paths } from "../paths.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { withLock } from "../registry/lock.ts";
import { requireInstance } from "../registry/names.ts";
import { checkLink } from "./claude_link.ts";
import { currentRoute } from "./current_route.ts";
import { deliver } from "../launch/deliver.ts";
import { isSame } from "../processes/identity.ts";
import { findLauncher } from "../launch/launcher.ts";
import { closePendingLogin } from "./pending_login.ts";
import { planApp } from "../launch/plan.ts";
import { ensureMountSources, prepare } from "../launch/prepare.ts";
import { readRunRecord, type Run, writeRunRecord } from "../processes/run_record.ts";
import { startInstance } from "../instances/start.ts";
import { statusesOf, statusOf } from "../processes/status.ts";

/** How long an app may take to become the one that takes links, in milliseconds. */
const readyMs = 30_000;

/**
 * Hands a link to an instance, which is started when it does not run; without a link its window
 * comes forward.
 *
 * Needs the permissions of {@linkcode startInstance}.
 *
 * @param context Where and how
 * @param name Its name
 * @param link The link
 * @returns Whether it had to be started
 * @throws {CmgrError} `usage` for the link, `not-found`, and as {@linkcode startInstance}
 */
export async function openInstance(
  context: Context,
  name: string,
  link?: string,
): Promise<boolean> {
  const { paths } = context;
  if (link !== undefined) checkLink(link);
  requireInstance(await readInstances(paths), name);
  const { status, run } = await statusOf(paths, name);
  const isStarted = status !== "running";
  const current = isStarted ? (await startInstance(context, name)).run : run!;
  // A link as an argument of the app itself would be seen in the list of processes for days.
  if (link !== undefined || !isStarted) await deliverTo(context, name, current, link);
  await remember(context, name, current);
  if (link !== undefined) await closePendingLogin(context, ({ instance }) => instance === name);
  return isStarted;
}

/**
 * Hands a link to the instance that takes links now.
 *
 * Needs the permissions of {@linkcode openInstance}.
 *
 * @param context Where and how
 * @param link The link
 * @returns The instance
 * @throws {CmgrError} `failed`, when no instance takes links; as {@linkcode openInstance}
 */
export async function routeLink(context: Context, link: string): Promise<string> {
  checkLink(link);
  const { paths } = context;
  const names = namesOf(await readInstances(paths));
  const route = await currentRoute(context, names, await statusesOf(paths, names));
  if (route === undefined) {
    throw new CmgrError(
      "failed",
      "A link to Claude has come, and no instance runs that could take it",
      "Start the one that it is for, then follow the link again: cmgr start NAME, or " +
        `cmgr login NAME; or set "defaultInstance" in ${paths.settings}`,
    );
  }
  await openInstance(context, route.instance, link);
  return route.instance;
}

async function deliverTo(
  context: Context,
  name: string,
  run: Run,
  link: string | undefined,
): Promise<void> {
  const { paths, settings } = context;
  const launcher = run.launcher ?? await findLauncher(context);
  // It must meet the app that runs, so it goes where that is, whatever the settings say by now.
  const isolation = run.isolation ?? settings.isolation;
  const own = { ...context, settings: { ...settings, isolation } };
  const { subject, choice, host } = await prepare(own, name, launcher);
  if (choice.isolation === "bubblewrap") await ensureMountSources(context, name);
  await untilItTakesLinks(paths, name);
  const rest = link === undefined ? [] : [link];
  const options = { diesWithParent: true, joins: true };
  const plan = planApp(subject, choice.isolation, host, launcher, rest, options);
  await deliver(name, plan);
}

/** An app that was just started holds its lock a moment later; a second one would take it. */
async function untilItTakesLinks(paths: Paths, name: string): Promise<void> {
  if (Deno.build.os !== "linux") return;
  const socket = join(dataDirOf(paths, name), "SingletonSocket");
  const end = performance.now() + readyMs;
  while (!await isPresent(socket)) {
    if (performance.now() > end) {
      throw new CmgrError(
        "failed",
        `The app of "${name}" takes no links: it has no single-instance socket`,
        `See what it says: cmgr logs ${name}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What was opened last takes the next link. */
async function remember({ paths, notice }: Context, name: string, run: Run): Promise<void> {
  await withLock(paths, { purpose: `open ${name}`, onWait: notice }, async () => {
    const now = await readRunRecord(paths, name);
    if (now && isSame(now, run)) await writeRunRecord(paths, name, { ...now, opened: Date.now() });
  });
}
