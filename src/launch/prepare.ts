import { join, relative } from "node:path";
import { type Context, contextFor } from "../context.ts";
import type { Instance } from "../instance.ts";
import { callFilterOf, isWithin, type Paths } from "../paths.ts";
import type { Allocation } from "../ports/allocate.ts";
import { markCreated } from "../registry/creating.ts";
import { type Host, inspectHost } from "../sandbox/host.ts";
import { callFilter } from "../sandbox/call_filter.ts";
import { chooseIsolation, type IsolationChoice } from "../sandbox/isolation.ts";
import { placesToAsk } from "../sandbox/mounts.ts";
import { writableFolders } from "../sandbox/shares.ts";
import { refuseUnsafeMounts } from "../sandbox/unsafe_mounts.ts";
import { byCommandPrompt } from "../system/command_prompt.ts";
import { infoOf } from "../system/folders.ts";
import { withoutDescriptors } from "../system/inherited_descriptors.ts";
import { readIfPresent } from "../system/read.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";
import { ensureFolder, removeIfPresent, replaceFile } from "../system/write.ts";
import { type CommandOptions, type Plan, planCommand, type Subject } from "./plan.ts";

/** What a {@linkcode Plan} is made from. */
export interface Prepared {
  readonly subject: Subject;
  readonly choice: IsolationChoice;
  readonly host: Host;
}

/** @throws {CmgrError} `damaged`, `failed`; `usage` for a share that shows too much */
export async function prepare(
  { paths, settings, env, notice }: Context,
  { name, shares, registry }: Instance,
  allocation: Allocation | undefined,
  launcher: readonly string[] = [],
): Promise<Prepared> {
  const writable = writableFolders(registry.instances);
  const subject: Subject = { paths, instance: name, allocation, shares, writable, settings };
  const [choice, host] = await Promise.all([
    chooseIsolation(settings.isolation),
    inspectHost(env, settings.variables, (variables) => placesToAsk(subject, launcher, variables)),
  ]);
  if (choice.isolation === "bubblewrap") {
    for (const share of shares) {
      if (host.physical.has(share.path)) continue;
      notice(`${share.path}, which is shared with "${name}", no longer exists`);
    }
    refuseUnsafeMounts(subject, host, launcher);
  }
  return { subject, choice, host };
}

export type CommandPlanner = (command: readonly string[], options?: CommandOptions) => Plan;

/**
 * Prepares for commands in the isolation and with the variables of an instance. Run them at once.
 * All that they start ends with them.
 *
 * @throws {CmgrError} as {@linkcode prepare}
 */
export async function prepareCommands(
  context: Context,
  instance: Instance,
): Promise<CommandPlanner> {
  const own = contextFor(context, instance.name);
  const { subject, choice, host } = await prepare(own, instance, await instance.allocation());
  const planFor: CommandPlanner = (command, options) =>
    planCommand(subject, choice.isolation, host, command, options);
  await prepareMounts(context.paths, instance, planFor([]));
  await markCreated(context.paths, instance.name);
  return (command, options) => runnable(planFor(command, options));
}

/**
 * Creates what bubblewrap mounts: the folder that becomes the instance's `/tmp`, which an older
 * sandbox may lack, and the filter for system calls. Bubblewrap creates its mount points, and would
 * follow a link that the instance put there out of the sandbox.
 *
 * @throws {CmgrError} `damaged`, for a link; `failed`
 */
export async function prepareMounts(
  paths: Paths,
  { sandbox }: Instance,
  { mountPoints }: Plan,
): Promise<void> {
  const folder = join(sandbox, ".tmp");
  refuseLinksBelow(sandbox, folder);
  await ensureFolder(folder);
  // Where the home is a link in /tmp, bubblewrap creates it in this folder, where none may be left.
  for (const temporary of ["/tmp", "/var/tmp"]) {
    if (!isWithin(paths.home, temporary)) continue;
    const home = join(folder, relative(temporary, paths.home));
    if ((await infoOf(home))?.isSymlink) await removeIfPresent(home);
  }
  for (const place of mountPoints) refuseLinksBelow(sandbox, place);
  await ensureFolder(paths.run);
  const filter = callFilter();
  const path = callFilterOf(paths);
  if ((await readIfPresent(path))?.join() !== filter.join()) await replaceFile(path, filter);
}

/**
 * A plan as cmgr can run it: its list of programs has `sh` and `cmd`, which run the others. An
 * isolated command gets no file that cmgr was started with.
 */
export function runnable(plan: Plan): Plan {
  if (plan.isolation === "bubblewrap") return { ...plan, argv: withoutDescriptors(plan.argv) };
  if (Deno.build.os === "windows") return { ...plan, argv: byCommandPrompt(plan.argv) };
  return { ...plan, argv: ["sh", "-c", 'exec "$@"', "sh", ...plan.argv] };
}
