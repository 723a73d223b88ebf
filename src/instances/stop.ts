import type { Context } from "../context.ts";
import type { Instance } from "../instance.ts";
import { isSame } from "../processes/process.ts";
import { readRunRecord, removeRunRecord } from "../processes/run_record.ts";
import type { ScannedStatus } from "../processes/status.ts";
import { type EndingStep, terminate } from "../processes/terminate.ts";
import { locked } from "../registry/lock.ts";

/** How long an app may take to end by itself, in milliseconds. */
export const defaultTimeoutMs = 10_000;

/**
 * Stops an instance: nothing of it is alive afterwards, detached servers included.
 *
 * @returns Its status before
 * @throws {CmgrError} `failed`, when it does not end
 */
export async function stopInstance(
  context: Context,
  { name }: Instance,
  timeoutMs: number,
  onStep: (step: EndingStep) => void,
): Promise<ScannedStatus> {
  const { paths } = context;
  const before = await terminate(paths, name, timeoutMs, onStep);
  await locked(context, `stop ${name}`, async () => {
    const now = await readRunRecord(paths, name);
    // It may have been started again meanwhile.
    if (now === undefined || (before.run && isSame(now, before.run))) {
      await removeRunRecord(paths, name);
    }
  });
  return before;
}
