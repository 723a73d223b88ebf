import { dirname } from "node:path";
import type { Context } from "../context.ts";
import { Instance, withInstanceLocked } from "../instance.ts";
import { CmgrError } from "../errors.ts";
import { parseConfig, type ParsedConfig } from "../config/config_text.ts";
import { readConfigTextIn } from "../config/read_servers.ts";
import { withFolder } from "../config/servers.ts";
import { type Dictionary, dictionary, withKey } from "../json/dictionary.ts";
import {
  backupsOf,
  configIn,
  configOf,
  editedOf,
  logsOf,
  type Paths,
  replacedOf,
  sandboxOf,
  writtenOf,
} from "../paths.ts";
import { removeRunRecord } from "../processes/run_record.ts";
import { refuseRunning } from "../processes/status.ts";
import { renameInSettings } from "../reconcile/change_settings.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { findSameName, writeInstances } from "../registry/instances.ts";
import { checkName } from "../registry/names.ts";
import { writePorts } from "../registry/ports.ts";
import { readReplaced, writeReplaced } from "../registry/replaced.ts";
import { move } from "../system/folders.ts";
import { ensureFolder, isPresent, replaceFile } from "../system/write.ts";

/**
 * Gives a stopped instance another name: its folder, backups and logs move, its ports stay, and
 * paths in its config follow. A failure undoes everything; after a crash the command can be
 * repeated.
 *
 * @throws {CmgrError} `usage`, `not-found`, `exists`, `running`, `damaged`, `locked`, `failed`
 */
export async function renameInstance(
  context: Context,
  instance: Instance,
  to: string,
): Promise<Instance> {
  checkName(to);
  const { name } = instance;
  if (name === to) throw new CmgrError("usage", `"${name}" already has that name`);
  return await withInstanceLocked(context, instance, `rename ${name} ${to}`, async (instance) => {
    await refuseRunning(context.paths, name);
    await refuseTaken(context.paths, instance, to);
    const undo: (() => Promise<void>)[] = [];
    try {
      return await renameLocked(context, instance, to, undo);
    } catch (error) {
      for (const step of undo.reverse()) await step().catch(() => {});
      throw error;
    }
  });
}

async function renameLocked(
  context: Context,
  instance: Instance,
  to: string,
  undo: (() => Promise<void>)[],
): Promise<Instance> {
  const { paths } = context;
  const { name, sandbox, registry } = instance;
  const ports = await instance.ports();
  const known = await instance.replaced();
  const replaceFolder = folderReplacer(sandbox, sandboxOf(paths, to));
  // An interrupted rename may have moved it.
  const current = await isPresent(sandbox) ? sandbox : sandboxOf(paths, to);
  const config = await readRenamed(current, replaceFolder);
  // Doctor finds an interrupted rename by this mark.
  const marked = withKey(registry.instances, name, { ...instance.record, renamed_to: to });
  await writeInstances(paths, { ...registry, instances: marked });
  undo.push(() => writeInstances(paths, registry));
  const targets = placesOf(paths, to);
  for (const [i, from] of placesOf(paths, name).entries()) {
    const target = targets[i];
    if (!await isPresent(from)) continue;
    await ensureFolder(dirname(target));
    await move(from, target);
    undo.push(() => move(target, from));
  }
  const replaced = known ?? await readReplaced(paths, to, ports);
  if (replaced !== undefined) {
    await writeReplaced(paths, to, replaceFolder(replaced));
    undo.push(() => writeReplaced(paths, to, replaced));
  }
  const bases = renamedKey(ports.bases, name, to);
  const records = renamedKey(ports.records, name, to);
  await writePorts(paths, { ...ports, bases, records });
  undo.push(() => writePorts(paths, ports));
  const { renamed_to: _, ...record } = instance.record;
  const next = {
    ...registry,
    instances: withKey(renamedKey(registry.instances, name, to), to, {
      ...record,
      name: to,
      sandbox_path: sandboxOf(paths, to),
    }),
  };
  const renamed = new Instance(context, next, to);
  undo.push(await renameInSettings(paths, name, to));
  if (config !== undefined) {
    const { before } = config;
    undo.push(() => replaceFile(configOf(paths, to), before));
    await reconcile(context, renamed, config);
  }
  // Last: as long as the old name is registered, the command can be repeated.
  await writeInstances(paths, next);
  await removeRunRecord(paths, name).catch(() => {});
  return renamed.reloaded();
}

/** Every file and folder that has the name of an instance. */
function placesOf(paths: Paths, name: string): string[] {
  return [
    sandboxOf(paths, name),
    backupsOf(paths, name),
    writtenOf(paths, name),
    replacedOf(paths, name),
    dirname(editedOf(paths, name)),
    ...logsOf(paths, name),
  ];
}

async function refuseTaken(
  paths: Paths,
  { name, registry, sandbox }: Instance,
  to: string,
): Promise<void> {
  const same = findSameName(registry, to);
  if (same !== undefined && same !== name) {
    throw new CmgrError(
      "exists",
      `An instance called "${same}" already exists`,
      "Choose another name, or see what there is with: cmgr list",
    );
  }
  const target = sandboxOf(paths, to);
  // When the old folder is gone, an interrupted rename moved it.
  const isOnlyCase = name.toLowerCase() === to.toLowerCase();
  if (isOnlyCase || !await isPresent(target) || !await isPresent(sandbox)) return;
  throw new CmgrError(
    "exists",
    `${target} already exists and belongs to no instance`,
    "Choose another name, or move that folder away",
  );
}

function renamedKey<T>(from: Dictionary<T>, name: string, to: string): Dictionary<T> {
  const result = dictionary<T>();
  for (const [key, value] of Object.entries(from)) result[key === name ? to : key] = value;
  return result;
}

/** Returns a function that replaces a folder in all texts of a JSON value, or in its source text. */
export function folderReplacer(from: string, to: string): <T>(value: T) => T {
  const [before, after] = [from, to].map((path) => JSON.stringify(path).slice(1, -1));
  return <T>(value: T) => withFolder(value, before, after) as T;
}

/**
 * The config with the paths of the new sandbox. Read it before anything is moved, so that one that
 * cannot be read is an error that changes nothing.
 *
 * @param sandbox Where the sandbox is now
 * @returns `undefined` when there is none
 * @throws {CmgrError} `damaged`
 */
export async function readRenamed(
  sandbox: string,
  replaceFolder: (text: string) => string,
): Promise<{ config: ParsedConfig; before: string } | undefined> {
  const before = await readConfigTextIn(sandbox);
  if (before === undefined) return undefined;
  return { config: parseConfig(replaceFolder(before), configIn(sandbox), "damaged"), before };
}
