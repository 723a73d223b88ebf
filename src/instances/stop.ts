/**
 * Stopping an instance.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { readInstances } from "../registry/instances.ts";
import { withLock } from "../registry/lock.ts";
import { requireInstance } from "../registry/names.ts";
import { terminate } from "../processes/terminate.ts";
import { isSame } from "../processes/identity.ts";
import { readRunRecord, removeRunRecord } from "../processes/run_record.ts";
import type { ScannedStatus } from "../processes/status.ts";

/** How long an app may take to end by itself, in milliseconds. */
export const defaultTimeoutMs = 10_000;

/**
 * Stops an instance: nothing of it is alive afterwards, detached servers included.
 *
 * Needs read and write permission for `~/.cmgr`, and run permission for `sh`, `ps`, `kill` or
 * `taskkill`.
 *
 * @param context Where and how
 * @param name Its name
 * @param timeoutMs How long it may take to end by itself, in milliseconds
 * @returns How it stood before
 * @throws {CmgrError} `not-found`; `failed`, when it does not end
 */
export async function stopInstance(
  context: Context,
  name: string,
  timeoutMs: number = defaultTimeoutMs,
): Promise<ScannedStatus> {
  const { paths } = context;
  requireInstance(await readInstances(paths), name);
  const before = await terminate(paths, name, timeoutMs);
  await withLock(paths, { purpose: `stop ${name}`, onWait: context.notice }, async () => {
    const now = await readRunRecord(paths, name);
    // It may have been started anew meanwhile.
    if (now === undefined || (before.run && isSame(now, before.run))) {
      await removeRunRecord(paths, name);
    }
  });
  return before;
}
