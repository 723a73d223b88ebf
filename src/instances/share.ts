/**
 * What an instance is shown of the user's files: looked at, added and dropped.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { withKey } from "../json/dictionary.ts";
import { CmgrError } from "../errors.ts";
import { type Paths, sandboxOf } from "../paths.ts";
import { readInstances, writeInstances } from "../registry/instances.ts";
import { withLock } from "../registry/lock.ts";
import { requireInstance } from "../registry/names.ts";
import type { Share } from "../registry/schemas.ts";
import { removeMountPoint } from "../sandbox/folder.ts";
import { refuseExposure } from "../sandbox/shares.ts";
import { sandboxPathFor } from "../sandbox/visibility.ts";
import { isRunning } from "../processes/status.ts";
import { physicalPaths } from "../sandbox/host.ts";
import { guardedBy } from "../sandbox/mounts.ts";

/** What to change. */
export interface ShareChange {
  /** Shares to add; one for the same path is replaced. */
  readonly add: readonly Share[];
  /** Paths to show no longer. */
  readonly drop: readonly string[];
}

/**
 * Changes the shares of an instance; without a change, they are only looked at.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`, and run permission for `sh`.
 *
 * @param context Where and how
 * @param name Its name
 * @param change What to change
 * @throws {CmgrError} `not-found`, `damaged`; `usage`, for a path that is not there, must not be
 * shown, or is not shown and shall be dropped
 */
export async function changeShares(
  context: Context,
  name: string,
  change: ShareChange,
): Promise<{ shares: readonly Share[]; changed: boolean }> {
  const { paths } = context;
  const sharesIn = async () => {
    const instances = await readInstances(paths);
    requireInstance(instances, name);
    return { instances, shares: instances.instances[name].shares ?? [] };
  };
  if (change.add.length + change.drop.length === 0) {
    return { shares: (await sharesIn()).shares, changed: false };
  }
  await checkShares(paths, change.add);
  const options = { purpose: `share ${name}`, onWait: context.notice };
  return await withLock(paths, options, async () => {
    const { instances, shares: before } = await sharesIn();
    const unknown = change.drop.find((path) => !before.some((share) => share.path === path));
    if (unknown !== undefined) {
      throw new CmgrError(
        "usage",
        `${unknown} is not shared with "${name}"`,
        `See what is: cmgr share ${name}`,
      );
    }
    const gone = new Set([...change.drop, ...change.add.map(({ path }) => path)]);
    const shares = [...before.filter(({ path }) => !gone.has(path)), ...change.add]
      .sort((a, b) => a.path < b.path ? -1 : 1);
    if (JSON.stringify(shares) === JSON.stringify(before)) return { shares, changed: false };
    const record = { ...instances.instances[name], shares };
    await writeInstances(paths, {
      ...instances,
      instances: withKey(instances.instances, name, record),
    });
    if (!await isRunning(paths, name)) {
      const sight = { paths, instance: name, shares, toolFolders: context.settings.toolFolders };
      for (const path of change.drop) {
        const place = sandboxPathFor(sight, path);
        if (place !== undefined) await removeMountPoint(sandboxOf(paths, name), place);
      }
    }
    return { shares, changed: true };
  });
}

/**
 * Refuses shares of what is not there, or must not be shown.
 *
 * Needs run permission for `sh`.
 *
 * @param paths Where cmgr's own folders are
 * @param shares The shares
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
