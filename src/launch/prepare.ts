/** Gathers what a launch plan is made from. */
import type { Context } from "../context.ts";
import { ensureFolder } from "../system/write.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";
import type { Instance } from "../instance.ts";
import type { Allocation } from "../ports/allocate.ts";
import { markCreated } from "../registry/creating.ts";
import { refuseExposure } from "../sandbox/shares.ts";
import { join } from "node:path";
import { chooseIsolation, type IsolationChoice } from "../sandbox/isolation.ts";
import { type Plan, planCommand, type Subject } from "./plan.ts";
import { type Host, inspectHost } from "../sandbox/host.ts";
import { guardedBy, placesToAsk } from "../sandbox/mounts.ts";

/** What a plan for one instance is made from. */
export interface Prepared {
  readonly subject: Subject;
  /** The isolation, and why that one. */
  readonly choice: IsolationChoice;
  readonly host: Host;
}

/**
 * Gathers what a plan for an instance is made from.
 *
 * @throws {CmgrError} `damaged`, `failed`; `usage` for a share that shows too much
 */
export async function prepare(
  { paths, settings, env, notice }: Context,
  { name, shares }: Instance,
  allocation: Allocation | undefined,
  launcher: readonly string[] = [],
): Promise<Prepared> {
  const subject: Subject = { paths, instance: name, allocation, shares, settings };
  const [choice, host] = await Promise.all([
    chooseIsolation(settings.isolation),
    inspectHost(env, (variables) => placesToAsk(subject, launcher, variables)),
  ]);
  if (choice.isolation === "bubblewrap") {
    const guarded = guardedBy(paths, host);
    for (const share of shares) {
      const physical = host.physical.get(share.path);
      if (physical === undefined) {
        notice(`What "${name}" is shown as ${share.path} is not there any more`);
      } else refuseExposure(share, physical, guarded);
    }
  }
  return { subject, choice, host };
}

/**
 * Plans a command in the isolation and with the variables of an instance, to be run at once with
 * streams of the caller's choice; all that it starts ends with it.
 *
 * @throws {CmgrError} as {@linkcode prepare}
 */
export async function prepareCommand(
  context: Context,
  instance: Instance,
  command: readonly string[],
): Promise<Plan> {
  const { subject, choice, host } = await prepare(context, instance, await instance.allocation());
  await ensureTemporary(instance);
  await markCreated(context.paths, instance.name);
  return runnable(planCommand(subject, choice.isolation, host, command));
}

/**
 * Makes the folder that becomes the instance's `/tmp`: an older sandbox may lack it.
 *
 * @throws {CmgrError} `damaged`, when a link stands there; `failed`
 */
export async function ensureTemporary({ sandbox }: Instance): Promise<void> {
  const folder = join(sandbox, ".tmp");
  refuseLinksBelow(sandbox, folder);
  await ensureFolder(folder);
}

/** cmgr may run a fixed list of programs: `sh`, which is on it, runs any other. */
function runnable(plan: Plan): Plan {
  if (plan.isolation === "bubblewrap" || Deno.build.os === "windows") return plan;
  return { ...plan, argv: ["sh", "-c", 'exec "$@"', "sh", ...plan.argv] };
}
