import { join } from "node:path";
import type { Context } from "../context.ts";
import { cachesOf } from "../instances/caches.ts";
import { readTrash } from "../instances/trash.ts";
import { backupsOf, dataDirOf, logsOf, type Paths, sandboxOf, trashPlacesOf } from "../paths.ts";
import { diskUse } from "../system/disk_use.ts";

/** The disk that one name takes, in bytes by kind; the field names are a promise. */
export interface DiskReport {
  readonly instance: string;
  /** The app's data folder, but for the image. */
  readonly appData: number;
  /** Cowork's virtual machine. */
  readonly vmImage: number;
  /** What package managers can download again. */
  readonly caches: number;
  /** Everything else in the sandbox. */
  readonly files: number;
  readonly backups: number;
  readonly logs: number;
  /** Removed instances of that name. */
  readonly trash: number;
  readonly total: number;
}

/** @throws {CmgrError} `damaged` */
export async function reportDisk(
  { paths }: Context,
  names: readonly string[],
): Promise<DiskReport[]> {
  const { entries } = await readTrash(paths);
  const reports: DiskReport[] = [];
  for (const instance of names) {
    const removed = entries.filter(({ record }) => record.name === instance);
    const inTrash = removed.flatMap(({ id, sandbox }) => [
      trashPlacesOf(paths, id).folder,
      // Each disk has its own trash folder.
      ...(sandbox === trashPlacesOf(paths, id).sandboxBeside ? [sandbox] : []),
    ]);
    const kinds = {
      ...await sandboxUse(paths, instance),
      backups: await sumOf([backupsOf(paths, instance)]),
      logs: await sumOf(logsOf(paths, instance)),
      trash: await sumOf(inTrash),
    };
    const total = Object.values(kinds).reduce((sum, bytes) => sum + bytes, 0);
    reports.push({ instance, ...kinds, total });
  }
  return reports;
}

async function sandboxUse(paths: Paths, instance: string) {
  const sandbox = sandboxOf(paths, instance);
  const data = dataDirOf(paths, instance);
  const image = join(data, "vm_bundles");
  const caches = cachesOf(paths, instance);
  const sizes = await diskUse(sandbox, [data, image, ...caches]);
  return {
    appData: sizes.get(data)!,
    vmImage: sizes.get(image)!,
    caches: caches.reduce((sum, path) => sum + sizes.get(path)!, 0),
    files: sizes.get(sandbox)!,
  };
}

async function sumOf(paths: readonly string[]): Promise<number> {
  let sum = 0;
  for (const path of paths) sum += (await diskUse(path)).get(path)!;
  return sum;
}
