import { dirname, join, relative } from "node:path";
import type { Context } from "../context.ts";
import { Instance } from "../instance.ts";
import { CmgrError } from "../errors.ts";
import { ensureFolder, isPresent, replaceFile } from "../system/write.ts";
import { createFolder, deleteFolder, move } from "../system/folders.ts";
import { buildingOf, configOf, type Paths, sandboxOf } from "../paths.ts";
import {
  findSameName,
  type InstanceRegistry,
  namesOf,
  readInstances,
  writeInstances,
} from "../registry/instances.ts";
import { locked } from "../registry/lock.ts";
import { isHalfCreated, markCreated, markCreating } from "../registry/creating.ts";
import { checkName } from "../registry/names.ts";
import { type PortRegistry, readPorts, writePorts } from "../registry/ports.ts";
import { removeReplaced, writeReplaced } from "../registry/replaced.ts";
import type { ConfigMemory, InstanceRecord } from "../registry/schemas.ts";
import { withAllocation, withoutAllocation } from "../registry/ranges.ts";
import { withKey } from "../json/dictionary.ts";
import { rememberWritten } from "../config/config_file.ts";
import type { ParsedConfig } from "../config/config_text.ts";
import { allocateNew } from "../reconcile/choose_allocation.ts";
import { refuseLostPorts } from "../reconcile/lost_ports.ts";
import { ensureCopyScript } from "../sandbox/copy_script.ts";
import { fillSandbox } from "../sandbox/folder.ts";
import { editPorts, wantedBy } from "../reconcile/patches.ts";
import { discard } from "./trash.ts";

interface NewInstance {
  readonly name: string;
  /** Whether it gets a range and ports. */
  readonly withPorts: boolean;
  /** Its config, before ports are put in. */
  readonly config: ParsedConfig;
  /** Other fields of its entry in the registry; those that name an instance are replaced. */
  readonly record?: InstanceRecord;
  /** Adds files to the app's data folder, which has the config already; called under the lock. */
  readonly fill?: (dataDir: string) => Promise<void>;
}

/**
 * Creates an instance: sandbox, config, range, and the entries in both registries. What a crash
 * leaves is taken over when the command is repeated.
 *
 * @throws {CmgrError} `usage` for the name, `exists`, `no-ports`, `damaged`, `locked`, `failed`;
 * nothing is left behind then
 */
export async function createInstance(context: Context, wanted: NewInstance): Promise<Instance> {
  checkName(wanted.name);
  return await locked(context, `create ${wanted.name}`, () => createLocked(context, wanted));
}

async function createLocked(context: Context, wanted: NewInstance): Promise<Instance> {
  const { paths } = context;
  const { name } = wanted;
  const instances = await readInstances(paths);
  const before = await readPorts(paths);
  await refuseLostPorts(paths, namesOf(instances));
  await refuseTaken(context, instances, name);
  const sandbox = sandboxOf(paths, name);
  const building = buildingOf(paths, name);
  const free = withoutAllocation(before, name);
  const { ports, text, replaced, hasCopies } = await allocatePorts(context, free, wanted);
  const record = { ...wanted.record, ...newRecord(paths, name, new Date()) };
  const registry = { ...instances, instances: withKey(instances.instances, name, record) };
  /** The folder that this command created. */
  let created: string | undefined;
  try {
    await ensureFolder(paths.sandboxes);
    await discard(paths, building);
    await createFolder(building);
    created = building;
    await fillSandbox(building);
    if (hasCopies) await ensureCopyScript(building);
    const newConfig = join(building, relative(sandbox, configOf(paths, name)));
    await replaceFile(newConfig, text);
    await wanted.fill?.(dirname(newConfig));
    if (replaced !== undefined) await writeReplaced(paths, name, replaced);
    await writePorts(paths, ports);
    // A file that a crash left belongs to another config.
    if (replaced === undefined) await removeReplaced(paths, name);
    await markCreating(paths, name);
    await move(building, sandbox);
    created = sandbox;
    await writeInstances(paths, registry);
  } catch (error) {
    await tryAll([
      async () => created && await deleteFolder(created),
      () => markCreated(paths, name),
      () => writePorts(paths, before),
      () => removeReplaced(paths, name),
    ]);
    throw error;
  }
  // The instance exists now, so a failure here is not one of the command; doctor removes the mark.
  await tryAll([() => markCreated(paths, name), () => rememberWritten(paths, name, text)]);
  return new Instance(context, registry, name, ports);
}

/** With the fields that the original cmgr expects: whether it runs, cmgr asks the system. */
export function newRecord(paths: Paths, name: string, created: Date): InstanceRecord {
  const created_date = created.toISOString();
  return { name, sandbox_path: sandboxOf(paths, name), created_date, running: false };
}

async function refuseTaken(
  { paths, notice }: Context,
  instances: InstanceRegistry,
  name: string,
): Promise<void> {
  const same = findSameName(instances, name);
  if (same !== undefined) {
    throw new CmgrError(
      "exists",
      same === name
        ? `An instance called "${name}" already exists`
        : `An instance called "${same}" already exists; "${name}" differs only in case`,
      "Choose another name, or see what there is with: cmgr list",
    );
  }
  const sandbox = sandboxOf(paths, name);
  if (await isHalfCreated(paths, name)) {
    const id = await discard(paths, sandbox);
    notice(`An earlier creation of "${name}" was interrupted; its files are in the trash as ${id}`);
  }
  if (!await isPresent(sandbox)) return;
  throw new CmgrError(
    "exists",
    `${sandbox} already exists and belongs to no instance`,
    "Choose another name, or move that folder away",
  );
}

/** The port registry and the config with the ports of the new instance, if it gets any. */
async function allocatePorts(
  context: Context,
  free: PortRegistry,
  { name, config, withPorts }: NewInstance,
): Promise<{ ports: PortRegistry; text: string; replaced?: ConfigMemory; hasCopies: boolean }> {
  if (!withPorts) return { ports: free, text: config.text, hasCopies: false };
  const rules = await context.rules();
  const allocation = await allocateNew(context, name, free, wantedBy(config.entries, rules));
  const sandbox = sandboxOf(context.paths, name);
  const patched = { instance: name, sandbox, allocation, rules };
  const { text, memory, hasCopies } = editPorts(config, patched);
  return { ports: withAllocation(free, name, allocation), text, replaced: memory, hasCopies };
}

/** Tries every step; an error of one matters less than what led there. */
async function tryAll(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const step of steps) await step().catch(() => {});
}
