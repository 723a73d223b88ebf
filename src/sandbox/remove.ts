/**
 * Removing an instance.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { removingOf, runFileOf, sandboxOf } from "../paths.ts";
import { readInstances, writeInstances } from "../registry/instances.ts";
import { withLock } from "../registry/lock.ts";
import { requireInstance } from "../registry/names.ts";
import { readPorts, writePorts } from "../registry/ports.ts";
import { withoutAllocation } from "../registry/ranges.ts";
import { withoutKey } from "../dictionary.ts";
import { isPresent, removeIfPresent } from "../files.ts";
import { deleteFolder } from "./folder.ts";

/**
 * Removes an instance: its entries, its range, its sandbox.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param context Where and how
 * @param name Its name
 * @param refuseRunning Throws when it runs; asked under the lock
 * @throws {CmgrError} `not-found`, `running`, `damaged`, `locked`, `failed`
 */
export async function removeInstance(
  context: Context,
  name: string,
  refuseRunning: () => Promise<void>,
): Promise<void> {
  const { paths } = context;
  const removing = removingOf(paths, name);
  await withLock(paths, { purpose: `remove ${name}`, onWait: context.notice }, async () => {
    const instances = await readInstances(paths);
    requireInstance(instances, name);
    const ports = await readPorts(paths);
    await refuseRunning();
    await deleteFolder(removing);
    const hasSandbox = await isPresent(sandboxOf(paths, name));
    if (hasSandbox) await Deno.rename(sandboxOf(paths, name), removing);
    try {
      await writePorts(paths, withoutAllocation(ports, name));
      // Last: as long as the instance is registered, the command can be repeated.
      await writeInstances(paths, {
        ...instances,
        instances: withoutKey(instances.instances, name),
      });
    } catch (error) {
      if (hasSandbox) await Deno.rename(removing, sandboxOf(paths, name)).catch(() => {});
      await writePorts(paths, ports).catch(() => {});
      throw error;
    }
    await removeIfPresent(runFileOf(paths, name));
  });
  // It bears no name any more, so nobody has to wait for it to go.
  await deleteFolder(removing);
}
