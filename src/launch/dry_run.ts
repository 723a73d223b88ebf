import { type Context, contextFor } from "../context.ts";
import { maskArgs, maskVariable } from "../config/secrets.ts";
import type { Instance } from "../instance.ts";
import { plannedAllocation } from "../reconcile/reconcile.ts";
import { findLauncher } from "./launcher.ts";
import { planApp } from "./plan.ts";
import { prepare } from "./prepare.ts";

/** A start that was planned and not made; the field names are a promise. */
export interface DryRun {
  readonly instance: string;
  /** `bubblewrap` or `profile`. */
  readonly isolation: string;
  /** Why not by bubblewrap, when nobody asked for that. */
  readonly reason: string | null;
  readonly argv: readonly string[];
  /**
   * Variables that would differ from those of the shell; nothing of the config's, secrets masked.
   */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Plans the start of an instance and changes nothing.
 *
 * @param named A program to start in place of the app that is set or found
 * @throws {CmgrError} `damaged`, `no-ports`, `failed`
 */
export async function dryRun(
  everyone: Context,
  instance: Instance,
  named?: string,
): Promise<DryRun> {
  const context = contextFor(everyone, instance.name);
  const launcher = await findLauncher(context, named);
  const allocation = await plannedAllocation(context, instance, await instance.config());
  const { subject, choice, host } = await prepare(context, instance, allocation, launcher);
  const { isolation, argv, env } = planApp(subject, choice.isolation, host, launcher);
  const own = Object.entries(env).filter(([key, value]) => host.variables[key] !== value)
    .map(([key, value]) => [key, maskVariable(key, value)]);
  return {
    instance: instance.name,
    isolation,
    reason: choice.reason ?? null,
    argv: maskArgs(argv),
    env: Object.fromEntries(own),
  };
}
