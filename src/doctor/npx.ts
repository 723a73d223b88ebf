/** Packages that `npx` has installed in part. */
import { loadInstance } from "../instance.ts";
import { clearHalfInstalled, halfInstalled } from "../instances/npx_cache.ts";
import { isRunning } from "../processes/quick_status.ts";
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** Finds packages of stopped instances that are installed in part; the fix is to delete them. */
export async function checkNpx(
  { context, instances, names, sandboxes }: Facts,
): Promise<Finding[]> {
  if ("fault" in instances) return [];
  const { paths } = context;
  const found: Finding[] = [];
  for (const name of names.filter((name) => sandboxes.includes(name))) {
    const folders = await halfInstalled(paths, name);
    // While it runs they may still be installing.
    if (folders.length === 0 || await isRunning(paths, name)) continue;
    found.push({
      name: "npx",
      status: "warning",
      instance: name,
      message:
        `npx packages of "${name}" are only partly installed, so their servers do not start: ` +
        folders.join(", "),
      hint: "Delete them, so that npx installs them again: cmgr doctor --fix",
      fix: async () => {
        const cleared = await clearHalfInstalled(context, await loadInstance(context, name));
        return `Deleted ${cleared.join(", ") || "nothing"}; npx installs it again`;
      },
    });
  }
  return found;
}
