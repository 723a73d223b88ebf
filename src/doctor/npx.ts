import { loadInstance } from "../instance.ts";
import { clearHalfInstalled, halfInstalled } from "../instances/caches.ts";
import { isRunning } from "../processes/quick_status.ts";
import type { Facts, Problem } from "./check.ts";

/** Finds `npx` packages of stopped instances that are half installed; the fix deletes them. */
export async function checkNpx(
  { context, instances, names, sandboxes }: Facts,
): Promise<Problem[]> {
  if ("fault" in instances) return [];
  const { paths } = context;
  const found: Problem[] = [];
  for (const instance of names.filter((name) => sandboxes.includes(name))) {
    const folders = await halfInstalled(paths, instance);
    // While it runs they may still be installing.
    if (folders.length === 0 || await isRunning(paths, instance)) continue;
    found.push({
      status: "warning",
      instance,
      message: `npx packages of "${instance}" are only partly installed, so their servers do not ` +
        `start: ${folders.join(", ")}`,
      hint: "Delete them, so that npx installs them again: cmgr doctor --fix",
      fix: async () => {
        const cleared = await clearHalfInstalled(context, await loadInstance(context, instance));
        return `Deleted ${cleared.join(", ") || "nothing"}; npx installs it again`;
      },
    });
  }
  return found;
}
