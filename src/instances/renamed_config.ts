/** The config of a renamed instance. */
import type { Context } from "../context.ts";
import { parseConfig } from "../config/config_text.ts";
import { withFolder } from "../config/servers.ts";
import type { Instance } from "../instance.ts";
import { configOf } from "../paths.ts";
import { reconcile } from "../reconcile/reconcile.ts";

/** Makes JSON texts name another folder; what else is in a value stays. */
export function followTo(from: string, to: string): <T>(value: T) => T {
  const [before, after] = [from, to].map((path) => JSON.stringify(path).slice(1, -1));
  return <T>(value: T) => withFolder(value, before, after) as T;
}

/**
 * Makes the config follow, ports and name included. Call it under the lock.
 *
 * @param text The config as it is
 * @throws {CmgrError} `damaged`, `no-ports`, `failed`
 */
export async function renameInConfig(
  context: Context,
  instance: Instance,
  text: string | undefined,
  follow: (text: string) => string,
): Promise<void> {
  if (text === undefined) return;
  const config = parseConfig(follow(text), configOf(context.paths, instance.name), "damaged");
  await reconcile(context, instance, { config, before: text });
}
