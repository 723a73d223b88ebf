/** Shares: what an instance sees of the user's files. */
import type { Context } from "../context.ts";
import { withKey } from "../json/dictionary.ts";
import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import { writeInstances } from "../registry/instances.ts";
import type { Share } from "../registry/schemas.ts";
import { removeMountPoint } from "../sandbox/folder.ts";
import { refuseExposure } from "../sandbox/shares.ts";
import { sandboxPathFor } from "../sandbox/visibility.ts";
import { physicalPaths } from "../sandbox/host.ts";
import { guardedBy } from "../sandbox/mounts.ts";

export interface ShareChange {
  /** Shares to add; one for the same path is replaced. */
  readonly add: readonly Share[];
  /** Paths that are no longer shared. */
  readonly drop: readonly string[];
}

/**
 * Changes what an instance sees of the user's files.
 *
 * @returns Its shares then, and whether it runs, so that it sees them after a restart only
 * @throws {CmgrError} `not-found`, `damaged`, `locked`; `usage`, for a path that is not there, must
 * not be shared, or is to be dropped and is not shared
 */
export async function changeShares(
  context: Context,
  instance: Instance,
  change: ShareChange,
): Promise<{ shares: readonly Share[]; changed: boolean; isRunning: boolean }> {
  const { paths, settings: { toolFolders } } = context;
  await checkShares(paths, change.add);
  return await withInstanceLocked(context, instance, `share ${instance.name}`, async (instance) => {
    const { name, sandbox, registry, record } = instance;
    const shares = sharesAfter(instance, change);
    if (JSON.stringify(shares) === JSON.stringify(instance.shares)) {
      return { shares, changed: false, isRunning: false };
    }
    await writeInstances(paths, {
      ...registry,
      instances: withKey(registry.instances, name, { ...record, shares }),
    });
    const isRunning = await instance.isRunning();
    for (const path of isRunning ? [] : change.drop) {
      const place = sandboxPathFor({ paths, instance: name, shares, toolFolders }, path);
      if (place !== undefined) await removeMountPoint(sandbox, place);
    }
    return { shares, changed: true, isRunning };
  });
}

function sharesAfter({ name, shares }: Instance, { add, drop }: ShareChange): Share[] {
  const unknown = drop.find((path) => !shares.some((share) => share.path === path));
  if (unknown !== undefined) {
    throw new CmgrError(
      "usage",
      `${unknown} is not shared with "${name}"`,
      `See what is: cmgr share ${name}`,
    );
  }
  const gone = new Set([...drop, ...add.map(({ path }) => path)]);
  return [...shares.filter(({ path }) => !gone.has(path)), ...add]
    .sort((a, b) => a.path < b.path ? -1 : 1);
}

/**
 * Refuses shares of what is not there, or must not be shown.
 *
 * @throws {CmgrError} `usage`
 */
export async function checkShares(paths: Paths, shares: readonly Share[]): Promise<void> {
  if (shares.length === 0) return;
  const physical = await physicalPaths([
    paths.home,
    paths.state,
    paths.sandboxes,
    ...shares.map(({ path }) => path),
  ]);
  const guarded = guardedBy(paths, { physical });
  for (const share of shares) {
    // What must not be shown is refused whether it is there or not.
    refuseExposure(share, physical.get(share.path) ?? share.path, guarded);
    if (physical.has(share.path)) continue;
    throw new CmgrError("usage", `${share.path} is not there`, "Share a folder or file that is");
  }
}
