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
import {
  refuseExposure,
  refuseMovable,
  writableAbove,
  writableFolders,
} from "../sandbox/shares.ts";
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
  const added = await checkShares(paths, name, change.add);
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
    const shares = [...before.filter(({ path }) => !gone.has(path)), ...added]
      .sort((a, b) => a.path < b.path ? -1 : 1);
    refuseNesting(name, added, {
      ...instances.instances,
      [name]: { ...instances.instances[name], shares },
    });
    if (JSON.stringify(shares) === JSON.stringify(before)) return { shares, changed: false };
    const record = { ...instances.instances[name], shares };
    await writeInstances(paths, {
      ...instances,
      instances: withKey(instances.instances, name, record),
    });
    if (!await isRunning(paths, name)) {
      const { toolFolders, mounts } = context.settings;
      const sight = { paths, instance: name, shares, toolFolders, mounts };
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
 * @returns The shares, with where each really lies
 * @throws {CmgrError} `usage`
 */
export async function checkShares(
  paths: Paths,
  instance: string,
  shares: readonly Share[],
): Promise<Share[]> {
  if (shares.length === 0) return [];
  const physical = await physicalPaths([
    paths.home,
    paths.state,
    paths.sandboxes,
    ...shares.map(({ path }) => path),
  ]);
  const guarded = guardedBy(paths, { physical });
  const added = shares.map((share) => {
    const real = physical.get(share.path);
    // What must not be shown is refused whether it is there or not.
    refuseExposure(share, real ?? share.path, guarded);
    if (real !== undefined) return { ...share, real };
    throw new CmgrError("usage", `${share.path} is not there`, "Share a folder or file that is");
  });
  const { instances } = await readInstances(paths);
  const before = Object.hasOwn(instances, instance) ? instances[instance].shares ?? [] : [];
  refuseNesting(instance, added, { ...instances, [instance]: { shares: [...before, ...added] } });
  return added;
}

/** Refuses new shares below a writable one, and new writable ones above another. */
function refuseNesting(
  instance: string,
  added: readonly Share[],
  instances: Readonly<Record<string, { readonly shares?: readonly Share[] }>>,
): void {
  const all = writableFolders(instances);
  for (const share of added) refuseMovable(instance, share, share.real ?? share.path, all);
  const isNew = (name: string, path: string) =>
    name === instance && added.some((share) => share.path === path);
  const fresh = all.filter((folder) => isNew(folder.instance, folder.path));
  for (const [name, { shares = [] }] of Object.entries(instances)) {
    for (const { path, real = path } of shares) {
      const above = writableAbove([path, real], fresh);
      if (above === undefined) continue;
      throw new CmgrError(
        "usage",
        `${above.path} can't be shared writable: "${name}" is shown ${path}, and "${instance}" ` +
          "could put a link to any other place there",
        `Drop that share first: cmgr share ${name} --drop ${path}`,
      );
    }
  }
}
