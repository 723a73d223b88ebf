/**
 * Runs the program within the test's own process, and bounds that in time. What blocks this thread,
 * as opening a FIFO does, no timer of this thread ends: another one watches, and ends the tests.
 *
 * @module
 */
import type { Home, Ran } from "../e2e/harness.ts";
import { type InProcessOptions, runInProcess as run } from "../e2e/in_process.ts";

const watchdog = new Worker(new URL("watchdog_worker.ts", import.meta.url), { type: "module" });

/**
 * Runs cmgr to its end.
 *
 * @param home Its home
 * @param args The arguments
 * @param options What it is given
 */
export async function runInProcess(
  home: Home,
  args: readonly string[],
  options?: InProcessOptions,
): Promise<Ran> {
  watchdog.postMessage(`cmgr ${args.join(" ")} in ${home.path}`);
  try {
    return await run(home, args, options);
  } finally {
    watchdog.postMessage(null);
  }
}
