/** What crashes left behind. */
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
import { type Facts, tryRead } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { repairWithBackup } from "./repair.ts";

/** Finds run records of processes that are gone, and processes whose app is gone. */
export async function checkRuns({ context, names }: Facts): Promise<Finding[]> {
  const { paths } = context;
  const statuses = await scanStatuses(paths, names);
  const found = [...statuses].flatMap(([instance, status]) => statusFinding(instance, status));
  for (const file of await listFolder(paths.run)) {
    const instance = file.name.replace(/\.(json|exit|lock)$/, "");
    const path = join(paths.run, file.name);
    const isStale = !names.includes(instance) ||
      statuses.get(instance)?.status === "interrupted" || !await isReadable(path);
    if (!file.isFile || file.name.startsWith(".") || !isStale) continue;
    found.push({
      name: "processes",
      status: "warning",
      message: `${path} belongs to a process that no longer runs`,
      hint: "Clean it up with: cmgr doctor --fix",
      fix: () =>
        repairWithBackup(context, async () => {
          const { status } = await scanStatus(paths, instance);
          if (status === "running") return `"${instance}" was started in the meantime`;
          await removeRunRecord(paths, instance);
          return `Cleaned up ${path}`;
        }),
    });
  }
  return found;
}

function statusFinding(instance: string, { status, processes }: ScannedStatus): Finding[] {
  const about = { name: "processes", status: "warning", instance } as const;
  switch (status) {
    case "leftover":
      return [{
        ...about,
        message:
          `The app of "${instance}" is gone, but ${processes.length} of its processes still run`,
        hint: `End them: cmgr stop ${instance}`,
      }];
    case "crashed":
      return [{
        ...about,
        message: `The app of "${instance}" crashed`,
        hint: `See why: cmgr logs ${instance}`,
      }];
    default:
      return [];
  }
}

/** Something that a crash has left. */
interface Leftover {
  readonly path: string;
  readonly what: string;
  /** Called under the lock, so that no other process is writing it. */
  readonly clear: () => Promise<void>;
}

/** Finds temporary files, and sandboxes that are half made or half deleted. */
export async function checkLeftovers(facts: Facts): Promise<Finding[]> {
  const left = [
    ...await temporaryFiles(facts),
    ...await creationMarks(facts),
    ...await incompleteSandboxes(facts),
  ];
  return left.map(({ path, what, clear }) => ({
    name: "leftovers",
    status: "warning",
    message: `${path} is ${what}, left by a crash`,
    hint: "Clean it up with: cmgr doctor --fix",
    fix: () =>
      repairWithBackup(facts.context, async () => {
        await clear();
        return `Cleaned up ${path}`;
      }),
  }));
}

const temporary = /^\..+\.[0-9a-f-]{36}\.tmp$/;
const temporaryCopyScript = /^\.\.cmgr-copy\.[0-9a-f-]{36}\.tmp$/;

async function temporaryFiles({ context: { paths }, sandboxes }: Facts): Promise<Leftover[]> {
  const folders = [
    ...(await listFolder(paths.trash)).map(({ name }) => trashPlacesOf(paths, name).folder),
    paths.state,
    paths.run,
    paths.written,
    paths.replaced,
    ...sandboxes.flatMap((name) => [dataDirOf(paths, name), backupsOf(paths, name)]),
  ].map((folder) => ({ folder, pattern: temporary }));
  // Of other files in its home, an instance's own programs may be the makers.
  const ofCopies = sandboxes.map((name) => ({
    folder: sandboxOf(paths, name),
    pattern: temporaryCopyScript,
  }));
  const found: Leftover[] = [];
  for (const { folder, pattern } of [...folders, ...ofCopies]) {
    for (const { name, isFile } of await listFolder(folder).catch(() => [])) {
      const path = join(folder, name);
      if (!isFile || !pattern.test(name)) continue;
      found.push({ path, what: "a temporary file", clear: () => removeIfPresent(path) });
    }
  }
  return found;
}

async function creationMarks({ context: { paths }, names }: Facts): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const name of names) {
    const path = creatingOf(paths, name);
    if (!await isPresent(path)) continue;
    found.push({
      path,
      what: "a marker of an unfinished create",
      clear: () => markCreated(paths, name),
    });
  }
  return found;
}

async function incompleteSandboxes({ context: { paths }, names }: Facts): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const { name, isDirectory } of await listFolder(paths.sandboxes)) {
    const path = join(paths.sandboxes, name);
    const isBuilt = /^\..+\.(creating|removing)$/.test(name);
    if (!isDirectory || !isBuilt && (names.includes(name) || !await isHalfCreated(paths, name))) {
      continue;
    }
    found.push({
      path,
      what: "an incomplete sandbox",
      clear: async () => {
        // Its instance may have been completed since.
        const isHalf = isBuilt ||
          !await isRegistered(paths, name) && await isHalfCreated(paths, name);
        if (!isHalf) return;
        await discard(paths, path);
        if (!isBuilt) await markCreated(paths, name);
      },
    });
  }
  return found;
}

async function isRegistered(paths: Paths, name: string): Promise<boolean> {
  const now = await tryRead(() => readInstances(paths));
  return "value" in now && Object.hasOwn(now.value.instances, name);
}

async function isReadable(path: string): Promise<boolean> {
  if (!path.endsWith(".json")) return true;
  return await readOptionalJson(path, v.unknown()).catch(() => undefined) !== undefined;
}
