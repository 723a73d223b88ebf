/**
 * Gathers what a launch plan is made from, and makes it.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { infoOf } from "../system/folders.ts";
import { readIfPresent } from "../system/read.ts";
import { ensureFolder, removeIfPresent, replaceFile } from "../system/write.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";
import { isWithin, sandboxOf, terminalFilterOf } from "../paths.ts";
import type { Allocation } from "../ports/allocate.ts";
import { readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { readPorts } from "../registry/ports.ts";
import { allocationOf } from "../registry/ranges.ts";
import { markComplete } from "../sandbox/folder.ts";
import { writableFolders } from "../sandbox/shares.ts";
import { terminalFilter } from "../sandbox/terminal_filter.ts";
import { join, relative } from "node:path";
import { chooseIsolation, type IsolationChoice } from "../sandbox/isolation.ts";
import { type Plan, planCommand, type Subject } from "./plan.ts";
import { type Host, inspectHost } from "../sandbox/host.ts";
import { placesToAsk } from "../sandbox/mounts.ts";
import { refuseUnsafeMounts } from "../sandbox/unsafe_mounts.ts";

/** What a plan for one instance is made from. */
export interface Prepared {
  /** The instance. */
  readonly subject: Subject;
  /** How it is kept apart, and why. */
  readonly choice: IsolationChoice;
  /** What the machine offers. */
  readonly host: Host;
}

/**
 * Gathers what a plan for an instance is made from.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`, env permission for the
 * session's variables, and run permission for `sh` and `bwrap`.
 *
 * @param context Where and how
 * @param name Its name
 * @param launcher The app with its own arguments, when it is to be planned for
 * @param allocation Its range and ports; those of the registry when not given
 * @throws {CmgrError} `not-found`, `damaged`, `failed`; `usage` for a share that shows too much
 */
export async function prepare(
  context: Context,
  name: string,
  launcher: readonly string[] = [],
  allocation?: Allocation,
): Promise<Prepared> {
  const { paths, settings } = context;
  const instances = await readInstances(paths);
  requireInstance(instances, name);
  const { shares = [] } = instances.instances[name];
  const subject: Subject = {
    paths,
    instance: name,
    allocation: allocation ?? allocationOf(await readPorts(paths), name),
    shares,
    writable: writableFolders(instances.instances),
    settings,
  };
  const [choice, host] = await Promise.all([
    chooseIsolation(settings.isolation),
    inspectHost(
      (variables) => placesToAsk(subject, launcher, variables),
      settings.variables,
    ),
  ]);
  if (choice.isolation === "bubblewrap") {
    for (const share of shares) {
      if (host.physical.has(share.path)) continue;
      context.notice(`What "${name}" is shown as ${share.path} is not there any more`);
    }
    refuseUnsafeMounts(subject, host, launcher);
  }
  return { subject, choice, host };
}

/**
 * Prepares for commands in the isolation and with the variables of an instance, to be run at once
 * with streams of the caller's choice; all that they start ends with them.
 *
 * @returns Plans a command: the program and its arguments
 * @throws {CmgrError} as {@linkcode prepare}
 */
export async function prepareCommands(
  context: Context,
  name: string,
): Promise<(command: readonly string[]) => Plan> {
  const { subject, choice, host } = await prepare(context, name);
  await ensureMountSources(context, name);
  await markComplete(sandboxOf(context.paths, name));
  return (command) => runnable(planCommand(subject, choice.isolation, host, command));
}

/**
 * Makes what bubblewrap is given beside the sandbox: the folder that becomes the instance's `/tmp`,
 * which an older sandbox may lack, and the filter for terminals.
 *
 * @throws {CmgrError} `damaged`, when a link stands there; `failed`
 */
export async function ensureMountSources({ paths }: Context, name: string): Promise<void> {
  const folder = join(sandboxOf(paths, name), ".tmp");
  refuseLinksBelow(sandboxOf(paths, name), folder);
  await ensureFolder(folder);
  // A home that is a link in /tmp becomes one in this folder, and bubblewrap replaces none.
  for (const temporary of ["/tmp", "/var/tmp"]) {
    if (!isWithin(paths.home, temporary)) continue;
    const home = join(folder, relative(temporary, paths.home));
    if ((await infoOf(home))?.isSymlink) await removeIfPresent(home);
  }
  await ensureFolder(paths.run);
  const filter = terminalFilter();
  const present = await readIfPresent(terminalFilterOf(paths));
  if (present?.join() === filter.join()) return;
  await replaceFile(terminalFilterOf(paths), filter);
}

/** The program may run a fixed list of others: any other goes through `sh`, which hands over. */
function runnable(plan: Plan): Plan {
  if (plan.isolation === "bubblewrap" || Deno.build.os === "windows") return plan;
  return { ...plan, argv: ["sh", "-c", 'exec "$@"', "sh", ...plan.argv] };
}
