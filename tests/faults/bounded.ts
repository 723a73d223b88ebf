/**
 * Runs the program within the test's own process, and bounds that in time. What blocks this thread,
 * as opening a FIFO does, no timer of this thread ends: another one watches, and ends the tests.
 *
 * @module
 */
import type { Home, Ran } from "../e2e/harness.ts";
import { type HereOptions, runHere as run } from "../e2e/here.ts";

const watchdog = new Worker(new URL("watchdog_worker.ts", import.meta.url), { type: "module" });

/**
 * Runs cmgr to its end.
 *
 * @param home Its home
 * @param args The arguments
 * @param options What it is given
 */
export async function runHere(
  home: Home,
  args: readonly string[],
  options?: HereOptions,
): Promise<Ran> {
  watchdog.postMessage(`cmgr ${args.join(" ")} in ${home.path}`);
  try {
    return await run(home, args, options);
  } finally {
    watchdog.postMessage(undefined);
  }
}
