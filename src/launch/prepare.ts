/**
 * Gathers what a launch plan is made from, and makes it.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { ensureFolder } from "../files.ts";
import { refuseLinksBelow } from "../links.ts";
import { sandboxOf } from "../paths.ts";
import type { Allocation } from "../ports/allocate.ts";
import { readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { readPorts } from "../registry/ports.ts";
import { allocationOf } from "../registry/ranges.ts";
import { markComplete } from "../sandbox/folder.ts";
import { refuseExposure } from "../sandbox/shares.ts";
import { join } from "node:path";
import { chooseIsolation, type IsolationChoice } from "./isolation.ts";
import { type Plan, planCommand, type Subject } from "./plan.ts";
import { lookAround, type Surroundings } from "./surroundings.ts";
import { guardedBy, placesToAsk } from "./view.ts";

/** What a plan for one instance is made from. */
export interface Prepared {
  /** The instance. */
  readonly subject: Subject;
  /** How it is kept apart, and why. */
  readonly choice: IsolationChoice;
  /** What the machine offers. */
  readonly surroundings: Surroundings;
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
    settings,
  };
  const [choice, surroundings] = await Promise.all([
    chooseIsolation(settings.isolation),
    lookAround(context.env, (variables) => placesToAsk(subject, launcher, variables)),
  ]);
  if (choice.isolation === "bubblewrap") {
    const guarded = guardedBy(paths, surroundings);
    for (const share of shares) {
      const physical = surroundings.physical.get(share.path);
      if (physical === undefined) {
        context.notice(`What "${name}" is shown as ${share.path} is not there any more`);
      } else refuseExposure(share, physical, guarded);
    }
  }
  return { subject, choice, surroundings };
}

/**
 * Plans a command in the isolation and with the variables of an instance, to be run at once with
 * streams of the caller's choice; all that it starts ends with it.
 *
 * Needs the permissions of {@linkcode prepare}.
 *
 * @param context Where and how
 * @param name Name of the instance
 * @param command The program and its arguments
 * @throws {CmgrError} as {@linkcode prepare}
 */
export async function prepareCommand(
  context: Context,
  name: string,
  command: readonly string[],
): Promise<Plan> {
  const { subject, choice, surroundings } = await prepare(context, name);
  await ensureTemporary(context, name);
  await markComplete(sandboxOf(context.paths, name));
  return runnable(planCommand(subject, choice.isolation, surroundings, command));
}

/**
 * Makes the folder that becomes the instance's `/tmp`: an older sandbox may lack it.
 *
 * Needs read and write permission for `~/sandboxes`.
 *
 * @throws {CmgrError} `damaged`, when a link stands there; `failed`
 */
export async function ensureTemporary({ paths }: Context, name: string): Promise<void> {
  const folder = join(sandboxOf(paths, name), ".tmp");
  refuseLinksBelow(sandboxOf(paths, name), folder);
  await ensureFolder(folder);
}

/** The program may run a fixed list of others: any other goes through `sh`, which hands over. */
function runnable(plan: Plan): Plan {
  if (plan.isolation === "bubblewrap" || Deno.build.os === "windows") return plan;
  return { ...plan, argv: ["sh", "-c", 'exec "$@"', "sh", ...plan.argv] };
}
