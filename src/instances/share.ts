import type { Context } from "../context.ts";
import { withKey } from "../json/dictionary.ts";
import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import { readInstances, writeInstances } from "../registry/instances.ts";
import type { Share } from "../registry/schemas.ts";
import { removeMountPoint } from "../sandbox/folder.ts";
import {
  refuseExposure,
  refuseMovable,
  writableAbove,
  writableFolders,
} from "../sandbox/shares.ts";
import { sandboxPathFor } from "../sandbox/visibility.ts";
import { physicalPaths } from "../sandbox/host.ts";
import { guardedBy } from "../sandbox/mounts.ts";

export interface ShareChange {
  /** One for the same path is replaced. */
  readonly add: readonly Share[];
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
  const { paths, settings } = context;
  const added = await locateShares(paths, change.add);
  return await withInstanceLocked(context, instance, `share ${instance.name}`, async (instance) => {
    const { name, sandbox, registry, record } = instance;
    const shares = sharesAfter(instance, { ...change, add: added });
    refuseNesting(name, added, { ...registry.instances, [name]: { shares } });
    if (JSON.stringify(shares) === JSON.stringify(instance.shares)) {
      return { shares, changed: false, isRunning: false };
    }
    await writeInstances(paths, {
      ...registry,
      instances: withKey(registry.instances, name, { ...record, shares }),
    });
    const isRunning = await instance.isRunning();
    for (const path of isRunning ? [] : change.drop) {
      const place = sandboxPathFor({ paths, instance: name, shares, settings }, path);
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
      `See what is shared: cmgr share ${name}`,
    );
  }
  const gone = new Set([...drop, ...add.map(({ path }) => path)]);
  return [...shares.filter(({ path }) => !gone.has(path)), ...add]
    .sort((a, b) => a.path < b.path ? -1 : 1);
}

/**
 * Checks the shares of a new instance.
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
  const added = await locateShares(paths, shares);
  const { instances } = await readInstances(paths);
  refuseNesting(instance, added, { ...instances, [instance]: { shares: added } });
  return added;
}

/** Finds where shares really lie. Refuses what does not exist, or must not be shown. */
async function locateShares(paths: Paths, shares: readonly Share[]): Promise<Share[]> {
  if (shares.length === 0) return [];
  const physical = await physicalPaths([
    paths.home,
    paths.state,
    paths.sandboxes,
    ...shares.map(({ path }) => path),
  ]);
  const guarded = guardedBy(paths, { physical });
  return shares.map((share) => {
    const real = physical.get(share.path);
    // What must not be shown is refused whether it is there or not.
    refuseExposure(share, real ?? share.path, guarded);
    if (real !== undefined) return { ...share, real };
    throw new CmgrError(
      "usage",
      `${share.path} does not exist`,
      "Share a folder or file that exists",
    );
  });
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
        `${above.path} can't be shared as writable: ${path} below it is shared with "${name}", and ` +
          `"${instance}" could replace it with a link to another place`,
        `Drop that share first: cmgr share ${name} --drop ${path}`,
      );
    }
  }
}
