/**
 * What crashes left behind.
 *
 * @module
 */
import { join } from "node:path";
import { isPresent, removeIfPresent } from "../system/write.ts";
import { readTextIfPresent } from "../system/read.ts";
import { listFolder } from "../system/folders.ts";
import { removeRunRecord } from "../processes/run_record.ts";
import { scanStatuses } from "../processes/status.ts";
import { backupsOf, creatingOf, dataDirOf, trashPlacesOf } from "../paths.ts";
import { readInstances } from "../registry/instances.ts";
import { isHalfCreated, markCreated } from "../registry/creating.ts";
import { discard } from "../instances/trash.ts";
import { type Facts, readOrFault } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { repairWithBackup } from "./repair.ts";

/**
 * Finds notes of processes that are gone, and processes whose app is gone.
 *
 * Needs read permission for `~/.cmgr`, and run permission to ask about processes; the remedy write
 * permission too.
 *
 * @param facts What there is
 */
export async function checkRuns({ context, names }: Facts): Promise<Finding[]> {
  const { paths } = context;
  const states = await scanStatuses(paths, names);
  const found: Finding[] = [];
  for (const [instance, { status, processes }] of states) {
    if (status === "leftover") {
      found.push({
        name: "processes",
        status: "warning",
        instance,
        message: `The app of "${instance}" is gone, and ${processes.length} of its processes run`,
        hint: `End them: cmgr stop ${instance}`,
      });
    } else if (status === "crashed") {
      found.push({
        name: "processes",
        status: "warning",
        instance,
        message: `The app of "${instance}" crashed`,
        hint: `See why: cmgr logs ${instance}`,
      });
    }
  }
  for (const file of await listFolder(paths.run)) {
    const instance = file.name.replace(/\.(json|exit|lock)$/, "");
    const status = states.get(instance)?.status;
    const isStale = !names.includes(instance) || status === "interrupted" ||
      !await isReadable(join(paths.run, file.name));
    if (!file.isFile || file.name.startsWith(".") || !isStale) continue;
    found.push({
      name: "processes",
      status: "warning",
      message: `${join(paths.run, file.name)} tells of a process that is gone`,
      hint: "Clear it away with: cmgr doctor --fix",
      fix: () =>
        repairWithBackup(context, async () => {
          const now = (await scanStatuses(paths, [instance])).get(instance)?.status;
          if (now === "running") return `"${instance}" has been started meanwhile`;
          await removeRunRecord(paths, instance);
          return `${join(paths.run, file.name)} is cleared away`;
        }),
    });
  }
  return found;
}

/**
 * Finds temporary files and half-made or half-deleted sandboxes.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`; the remedy write permission too.
 *
 * @param facts What there is
 */
export async function checkLeftovers({ context, sandboxes, names }: Facts): Promise<Finding[]> {
  const { paths } = context;
  const found: Finding[] = [];
  const isRegistered = async (name: string) => {
    const now = await readOrFault(() => readInstances(paths));
    return "value" in now && Object.hasOwn(now.value.instances, name);
  };
  const add = (path: string, what: string, fix: () => Promise<unknown>) =>
    found.push({
      name: "leftovers",
      status: "warning",
      message: `${path} is ${what}, left by a crash`,
      hint: "Clear it away with: cmgr doctor --fix",
      // Under the lock nobody is in the middle of writing it.
      fix: () => repairWithBackup(context, async () => (await fix(), `${path} is cleared away`)),
    });
  const folders = [
    ...(await listFolder(paths.trash)).map(({ name }) => trashPlacesOf(paths, name).folder),
    paths.state,
    paths.run,
    paths.written,
    paths.replaced,
    ...sandboxes.flatMap((name) => [dataDirOf(paths, name), backupsOf(paths, name)]),
  ];
  for (const folder of folders) {
    for (const { name, isFile } of await listFolder(folder).catch(() => [])) {
      const path = join(folder, name);
      if (isFile && /^\..+\.[0-9a-f-]{36}\.tmp$/.test(name)) {
        add(path, "a temporary file", () => removeIfPresent(path));
      }
    }
  }
  for (const name of names) {
    const path = creatingOf(paths, name);
    if (await isPresent(path)) add(path, "the mark of a creation", () => markCreated(paths, name));
  }
  for (const { name, isDirectory } of await listFolder(paths.sandboxes)) {
    const path = join(paths.sandboxes, name);
    if (!isDirectory) continue;
    const isHalf = /^\..+\.(creating|removing)$/.test(name);
    if (isHalf || !names.includes(name) && await isHalfCreated(paths, name)) {
      add(path, "half a sandbox", async () => {
        // Whoever was still making it has come to an end now.
        if (!isHalf && (await isRegistered(name) || !await isHalfCreated(paths, name))) return;
        await discard(paths, path);
        await markCreated(paths, name);
      });
    }
  }
  return found;
}

async function isReadable(path: string): Promise<boolean> {
  if (!path.endsWith(".json")) return true;
  try {
    JSON.parse(await readTextIfPresent(path) ?? "");
    return true;
  } catch {
    return false;
  }
}
