import { type Context, contextFor } from "../context.ts";
import { maskArgs, maskVariable } from "../config/secrets.ts";
import type { Instance } from "../instance.ts";
import { plannedAllocation } from "../reconcile/reconcile.ts";
import { findLauncher } from "./launcher.ts";
import { planApp } from "./plan.ts";
import { prepare } from "./prepare.ts";

/** A start that was only planned. The field names are a promise. */
export interface DryRun {
  readonly instance: string;
  /** `bubblewrap` or `profile`. */
  readonly isolation: string;
  /** Why not `bubblewrap`, unless the settings say so. */
  readonly reason: string | null;
  readonly argv: readonly string[];
  /** Variables that differ from the caller's, with secrets masked. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * @param named A program to start instead of the app
 * @throws {CmgrError} `damaged`, `no-ports`, `failed`
 */
export async function dryRun(
  base: Context,
  instance: Instance,
  named?: string,
): Promise<DryRun> {
  const context = contextFor(base, instance.name);
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
