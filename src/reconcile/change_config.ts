/**
 * Changes of a config that a person asks for.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { readInstances } from "../registry/instances.ts";
import { withLock } from "../registry/lock.ts";
import { requireInstance } from "../registry/names.ts";
import { readConfigText } from "../config/config_file.ts";
import { parseConfig } from "../config/config_text.ts";
import { reconcile } from "./reconcile.ts";

/** What a new config has when there was none. */
export const emptyConfig = "{}\n";

/** A change that is asked for. */
export interface ConfigChange {
  /** Name of the instance. */
  readonly name: string;
  /** What is done, for those who wait for the lock. */
  readonly purpose: string;
  /** Throws when the instance runs; asked under the lock. */
  readonly refuseRunning: () => Promise<void>;
  /**
   * Makes the new text out of the one on disk, `undefined` when there is none; called under the
   * lock.
   */
  readonly change: (text: string | undefined) => string | Promise<string>;
  /** Names the new text in errors. */
  readonly where?: string;
}

/**
 * Changes the config of a stopped instance: the new text is checked, ports are put in, a backup of
 * the old one is kept. A fault changes nothing.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param context Where and how
 * @param wanted The change
 * @returns Whether the config is another one now
 * @throws {CmgrError} `not-found`, `running`, `usage` for the new text, `no-ports`, `damaged`,
 * `locked`, `failed`
 */
export async function changeConfig(context: Context, wanted: ConfigChange): Promise<boolean> {
  const { name, purpose } = wanted;
  const { paths } = context;
  return await withLock(paths, { purpose, onWait: context.notice }, async () => {
    requireInstance(await readInstances(paths), name);
    await wanted.refuseRunning();
    const before = await readConfigText(paths, name);
    const config = parseConfig(await wanted.change(before), wanted.where ?? "the new config");
    await reconcile(context, name, { config, before });
    return await readConfigText(paths, name) !== before;
  });
}

/**
 * The text on disk, or an empty config, for changes of single values.
 *
 * @param text What is on disk
 * @param where Names the file in errors
 * @throws {CmgrError} `damaged`, when it is not strict JSON
 */
export function usable(text: string | undefined, where: string): string {
  return text === undefined ? emptyConfig : parseConfig(text, where, "damaged").text;
}

/**
 * Why a running instance's config is not changed.
 *
 * @param refuse Throws `running` for an instance that runs
 */
export function withConfigReason(refuse: () => Promise<void>): () => Promise<void> {
  return async () => {
    try {
      await refuse();
    } catch (error) {
      if (!(error instanceof CmgrError) || error.code !== "running") throw error;
      throw new CmgrError(
        "running",
        `${error.message}, and writes its config back from memory: a change would be lost`,
        error.hint,
      );
    }
  };
}
