/**
 * Starting an instance.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError, messageOf } from "../errors.ts";
import { ensureFolder, isPresent } from "../files.ts";
import { refuseLinksBelow } from "../links.ts";
import { dataDirOf, logOf, sandboxOf } from "../paths.ts";
import { readInstances } from "../registry/instances.ts";
import { withLock } from "../registry/lock.ts";
import { requireInstance } from "../registry/names.ts";
import { reconcile } from "../sandbox/port_management.ts";
import { environmentOf } from "./environment.ts";
import { type Identity, isAlive, startTimes } from "./identity.ts";
import { removeRunFile, writeRunFile } from "./run_file.ts";
import { refuseRunning } from "./state.ts";

/** How long an app must live to count as started, in milliseconds. */
const proofMs = 400;

/** Lines of the log that an early exit shows. */
const shownLines = 10;

/**
 * Starts an instance: its config is reconciled, the launcher spawned in a session of its own.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`, and run permission for `sh`.
 *
 * @param context Where and how
 * @param name Its name
 * @returns The process that was started
 * @throws {CmgrError} `not-found`, `running`, `damaged`, `failed` when no launcher is set or the
 * app exits at once
 */
export async function startInstance(context: Context, name: string): Promise<Identity> {
  const { paths } = context;
  const options = { purpose: `start ${name}`, onWait: context.notice };
  const identity = await withLock(paths, options, async () => {
    requireInstance(await readInstances(paths), name);
    await refuseRunning(paths, name);
    if (!await isPresent(sandboxOf(paths, name))) {
      throw new CmgrError(
        "damaged",
        `The sandbox of "${name}" is gone: ${sandboxOf(paths, name)}`,
        `Put it back from a backup, or give the name up with: cmgr remove ${name} --yes`,
      );
    }
    const launcher = launcherOf(context);
    const allocation = await reconcile(context, name);
    await ensureFolder(paths.logs);
    refuseLinksBelow(paths.logs, logOf(paths, name));
    const argv = [...launcher, `--user-data-dir=${dataDirOf(paths, name)}`];
    const pid = spawnDetached(argv, environmentOf(paths, name, allocation), logOf(paths, name));
    const started = (await startTimes([pid])).get(pid);
    if (started === undefined) throw await exitedAtOnce(context, name);
    const identity = { pid, started };
    await writeRunFile(paths, name, identity);
    return identity;
  });
  await new Promise((resolve) => setTimeout(resolve, proofMs));
  if (await isAlive(identity)) return identity;
  await removeRunFile(paths, name);
  throw await exitedAtOnce(context, name);
}

function launcherOf({ settings, paths }: Context): readonly string[] {
  if (settings.launcher !== undefined) return settings.launcher;
  throw new CmgrError(
    "failed",
    "No launcher is set, so there is no app to start",
    `Name the app in ${paths.settings}: { "launcher": "/usr/bin/claude-desktop" }`,
  );
}

/** Nothing of the user's is spliced into the script: `$0` and `$@` carry it. */
function spawnDetached(
  argv: readonly string[],
  env: Record<string, string>,
  log: string,
): number {
  const child = new Deno.Command("sh", {
    args: ["-c", 'umask 077; exec >"$0" 2>&1 && exec "$@"', log, ...argv],
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  child.unref();
  return child.pid;
}

async function exitedAtOnce(context: Context, name: string): Promise<CmgrError> {
  const log = logOf(context.paths, name);
  const text = await Deno.readTextFile(log).catch((error) => messageOf(error));
  const end = text.trimEnd().split("\n").slice(-shownLines).join("\n");
  return new CmgrError(
    "failed",
    `"${name}" exited at once${end ? `. The end of its log:\n${end}` : ""}`,
    `The whole log is ${log}`,
  );
}
