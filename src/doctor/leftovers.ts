/** What crashes left behind. */
import { attempt } from "../errors.ts";
import * as v from "valibot";
import { join } from "node:path";
import { isPresent, removeIfPresent } from "../system/write.ts";
import { readOptionalJson } from "../system/read_json.ts";
import { listFolder } from "../system/folders.ts";
import { removeRunRecord } from "../processes/run_record.ts";
import { type ScannedStatus, scanStatus, scanStatuses } from "../processes/status.ts";
import { backupsOf, dataDirOf, type Paths, sandboxOf, trashPlacesOf } from "../paths.ts";
import { readInstances } from "../registry/instances.ts";
import { creatingOf, isHalfCreated, markCreated } from "../registry/creating.ts";
import { discard } from "../instances/trash.ts";
import { type Facts, lockedFix, type Problem } from "./check.ts";

const hint = "Clean it up with: cmgr doctor --fix";

/** Finds run records of processes that are gone, and processes whose app is gone. */
export async function checkRuns({ context, names }: Facts): Promise<Problem[]> {
  const { paths } = context;
  const statuses = await scanStatuses(paths, names);
  const found = [...statuses].flatMap(([instance, status]) => statusProblem(instance, status));
  for (const { name, isFile } of await listFolder(paths.run)) {
    if (!isFile || name.startsWith(".")) continue;
    const instance = name.replace(/\.(json|exit|lock)$/, "");
    const path = join(paths.run, name);
    const isStale = !names.includes(instance) ||
      statuses.get(instance)?.status === "interrupted" || !await isReadable(path);
    if (!isStale) continue;
    found.push({
      status: "warning",
      message: `${path} belongs to a process that no longer runs`,
      hint,
      fix: lockedFix(context, async () => {
        const { status } = await scanStatus(paths, instance);
        if (status === "running") return `"${instance}" was started in the meantime`;
        await removeRunRecord(paths, instance);
        return `Cleaned up ${path}`;
      }),
    });
  }
  return found;
}

function statusProblem(instance: string, { status, processes }: ScannedStatus): Problem[] {
  if (status === "leftover") {
    return [{
      status: "warning",
      instance,
      message:
        `The app of "${instance}" is gone, but ${processes.length} of its processes still run`,
      hint: `End them: cmgr stop ${instance}`,
    }];
  }
  return status !== "crashed" ? [] : [{
    status: "warning",
    instance,
    message: `The app of "${instance}" crashed`,
    hint: `See why: cmgr logs ${instance}`,
  }];
}

async function isReadable(path: string): Promise<boolean> {
  if (!path.endsWith(".json")) return true;
  return await readOptionalJson(path, v.unknown()).catch(() => undefined) !== undefined;
}

interface Leftover {
  readonly path: string;
  readonly what: string;
  /** Called under the lock, so that no other process is writing it. */
  readonly clear: () => Promise<unknown>;
}

/** Finds temporary files, and sandboxes that are half made or half deleted. */
export async function checkLeftovers(facts: Facts): Promise<Problem[]> {
  const left = [
    ...await temporaryFiles(facts),
    ...await creationMarks(facts),
    ...await incompleteSandboxes(facts),
  ];
  return left.map(({ path, what, clear }) => ({
    status: "warning",
    message: `${path} is ${what}, left by a crash`,
    hint,
    fix: lockedFix(facts.context, async () => {
      await clear();
      return `Cleaned up ${path}`;
    }),
  }));
}

const temporary = /^\..+\.[0-9a-f-]{36}\.tmp$/;
/** An instance's own programs may have made the other files in its home. */
const temporaryCopyScript = /^\.\.cmgr-copy\.[0-9a-f-]{36}\.tmp$/;

async function temporaryFiles({ context: { paths }, sandboxes }: Facts): Promise<Leftover[]> {
  const folders = [
    ...(await listFolder(paths.trash)).map(({ name }) => trashPlacesOf(paths, name).folder),
    paths.state,
    paths.run,
    paths.written,
    paths.replaced,
    ...sandboxes.flatMap((name) => [dataDirOf(paths, name), backupsOf(paths, name)]),
  ];
  const places = [
    ...folders.map((folder) => [folder, temporary] as const),
    ...sandboxes.map((name) => [sandboxOf(paths, name), temporaryCopyScript] as const),
  ];
  const found: Leftover[] = [];
  for (const [folder, pattern] of places) {
    for (const { name, isFile } of await listFolder(folder).catch(() => [])) {
      const path = join(folder, name);
      if (!isFile || !pattern.test(name)) continue;
      found.push({ path, what: "a temporary file", clear: () => removeIfPresent(path) });
    }
  }
  return found;
}

async function creationMarks({ context: { paths }, names }: Facts): Promise<Leftover[]> {
  const what = "a marker of an unfinished create";
  const found: Leftover[] = [];
  for (const name of names) {
    const path = creatingOf(paths, name);
    if (await isPresent(path)) found.push({ path, what, clear: () => markCreated(paths, name) });
  }
  return found;
}

async function incompleteSandboxes({ context: { paths }, names }: Facts): Promise<Leftover[]> {
  const what = "an incomplete sandbox";
  const found: Leftover[] = [];
  for (const { name, isDirectory } of await listFolder(paths.sandboxes)) {
    const path = join(paths.sandboxes, name);
    if (!isDirectory) continue;
    if (/^\..+\.(creating|removing)$/.test(name)) {
      found.push({ path, what, clear: () => discard(paths, path) });
    } else if (!names.includes(name) && await isHalfCreated(paths, name)) {
      found.push({ path, what, clear: () => discardHalfCreated(paths, name) });
    }
  }
  return found;
}

async function discardHalfCreated(paths: Paths, name: string): Promise<void> {
  // Another command may have completed it since.
  const now = await attempt(() => readInstances(paths));
  const isRegistered = "value" in now && Object.hasOwn(now.value.instances, name);
  if (isRegistered || !await isHalfCreated(paths, name)) return;
  await discard(paths, sandboxOf(paths, name));
  await markCreated(paths, name);
}
