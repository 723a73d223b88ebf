import type { Context } from "../context.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import { refuseRunning } from "../processes/status.ts";
import { readConfigText } from "../config/read_servers.ts";
import { parseConfig } from "../config/config_text.ts";
import { reconcile } from "./reconcile.ts";

export const emptyConfig = "{}\n";

interface ConfigChange {
  /** Shown to those who wait for the lock. */
  readonly purpose: string;
  /**
   * Makes the new text out of the one on disk, `undefined` when there is none; called under the
   * lock with the instance as it is then.
   */
  readonly change: (text: string | undefined, instance: Instance) => string | Promise<string>;
  /** Names the new text in errors. */
  readonly where?: string;
}

/**
 * Changes the config of a stopped instance: the new text is checked, ports are put in, a backup of
 * the old one is kept. An error changes nothing.
 *
 * @returns Whether the config changed, and the instance as it is then
 * @throws {CmgrError} `not-found`, `running`, `usage` for the new text, `no-ports`, `damaged`,
 * `locked`, `failed`
 */
export async function changeConfig(
  context: Context,
  instance: Instance,
  { purpose, change, where = "the new config" }: ConfigChange,
): Promise<{ changed: boolean; instance: Instance }> {
  return await withInstanceLocked(context, instance, purpose, async (instance) => {
    const { name } = instance;
    await requireStopped(context, instance);
    const before = await readConfigText(context.paths, name);
    const config = parseConfig(await change(before, instance), where);
    await reconcile(context, instance, { config, before });
    const changed = await readConfigText(context.paths, name) !== before;
    return { changed, instance: instance.reloaded() };
  });
}

/** @throws {CmgrError} `running` */
export async function requireStopped({ paths }: Context, { name }: Instance): Promise<void> {
  const consequence = ", and the app would overwrite the change from memory";
  await refuseRunning(paths, name, consequence);
}

/**
 * The text on disk, or an empty config, for changes of single values.
 *
 * @throws {CmgrError} `damaged`, when it is not strict JSON
 */
export function textOrEmpty(text: string | undefined, where: string): string {
  return text === undefined ? emptyConfig : parseConfig(text, where, "damaged").text;
}
