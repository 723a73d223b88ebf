/**
 * What a start would do.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { plannedAllocation } from "../reconcile/reconcile.ts";
import { findLauncher } from "./launcher.ts";
import { planApp } from "./plan.ts";
import { prepare } from "./prepare.ts";

/** A start that was planned and not made; the field names are a promise. */
export interface DryRun {
  /** Name of the instance. */
  readonly instance: string;
  /** How it would be kept apart. */
  readonly isolation: string;
  /** Why not by bubblewrap, when nobody asked for that. */
  readonly reason: string | null;
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** Variables that would differ from those of the shell; nothing of the config's. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Plans the start of an instance and changes nothing.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`, and run permission for `sh` and `bwrap`.
 *
 * @param context Where and how
 * @param name Its name
 * @param named A program to start in place of the app that is set or found
 * @throws {CmgrError} `not-found`, `damaged`, `no-ports`, `failed`
 */
export async function dryRun(context: Context, name: string, named?: string): Promise<DryRun> {
  const launcher = await findLauncher(context, named);
  const { subject, choice, host } = await prepare(context, name, launcher);
  const allocation = await plannedAllocation(context, name);
  const current = { ...subject, allocation };
  const { isolation, argv, env } = planApp(current, choice.isolation, host, launcher);
  const own = Object.entries(env).filter(([key, value]) => host.variables[key] !== value);
  return {
    instance: name,
    isolation,
    reason: choice.reason ?? null,
    argv,
    env: Object.fromEntries(own),
  };
}
