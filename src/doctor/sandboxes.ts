import type { Context } from "../context.ts";
import { withKey } from "../json/dictionary.ts";
import { loadInstance } from "../instance.ts";
import { renameInstance } from "../instances/rename.ts";
import { restoreInstance } from "../instances/restore.ts";
import { readTrash, restorableOf, type Trash } from "../instances/trash.ts";
import { configOf, replacedOf, sandboxOf } from "../paths.ts";
import { readInstances, writeInstances } from "../registry/instances.ts";
import { isName } from "../registry/names.ts";
import { readPorts, writePorts } from "../registry/ports.ts";
import { withoutAllocation } from "../registry/ranges.ts";
import { removeReplaced } from "../registry/replaced.ts";
import { infoOf, listFolder } from "../system/folders.ts";
import { type Facts, keepDamagedFile, lockedFix, type Problem } from "./check.ts";
import { recordFor } from "./rebuild.ts";

/** Finds instances without a sandbox, sandboxes without an instance, and ports without either. */
export async function checkSandboxes(facts: Facts): Promise<Problem[]> {
  const { context: { paths }, instances, names, sandboxes } = facts;
  if ("fault" in instances) return [];
  const trash = await readTrash(paths);
  const unregistered = sandboxes.filter((name) => !names.includes(name));
  const orphans = await Promise.all(
    unregistered.map((name) => unregisteredSandbox(facts, trash, name)),
  );
  const fixable = unregistered.filter((_, i) => orphans[i].fix);
  return [
    ...names.filter((name) => !sandboxes.includes(name)).map((name): Problem => ({
      status: "error",
      instance: name,
      message: `The sandbox of "${name}" is missing: ${sandboxOf(paths, name)}`,
      hint: trash.entries.some(({ record, sandbox }) => record.name === name && sandbox)
        ? `It is in the trash; restore it with: cmgr restore ${name}`
        : `Restore it from your own backup, or remove the instance: cmgr remove ${name} --yes`,
    })),
    ...orphans,
    ...await unassignedPorts(facts, [...names, ...fixable]),
  ];
}

async function unregisteredSandbox(
  { context, names, instances }: Facts,
  trash: Trash,
  name: string,
): Promise<Problem> {
  const { paths } = context;
  const status = "warning";
  const message = `${sandboxOf(paths, name)} belongs to no instance`;
  const records = "value" in instances ? instances.value.instances : {};
  const renamed = names.find((other) => records[other]?.renamed_to === name);
  if (renamed !== undefined) {
    return {
      status,
      message: `${message}: a rename was interrupted`,
      hint: `Finish it with: cmgr rename ${renamed} ${name}, or: cmgr doctor --fix`,
      fix: async () => {
        await renameInstance(context, await loadInstance(context, renamed), name);
        return `Renamed "${renamed}" to "${name}"`;
      },
    };
  }
  const removed = trash.entries.find(({ record }) => record.restored_as === name) ??
    await restorableOf(paths, trash, name);
  if (removed && removed.sandbox === undefined) {
    return {
      status,
      message: `${message}: a restore was interrupted`,
      hint: "Finish it with: cmgr doctor --fix",
      fix: async () => {
        await restoreInstance(context, removed.record.name, name);
        return `Restored "${name}"`;
      },
    };
  }
  const hasConfig = await infoOf(configOf(paths, name)).catch(() => undefined) !== undefined;
  if (!hasConfig || names.some((other) => other.toLowerCase() === name.toLowerCase())) {
    return { status, message, hint: "Move it away, or delete it" };
  }
  return {
    status,
    message,
    hint: "Register it as an instance: cmgr doctor --fix; or move it away",
    fix: registerSandbox(context, name),
  };
}

async function unassignedPorts(
  { context, ports }: Facts,
  owners: readonly string[],
): Promise<Problem[]> {
  if ("fault" in ports) return [];
  const files = await listFolder(context.paths.replaced);
  const named = new Set([
    ...Object.keys(ports.value.bases),
    ...Object.keys(ports.value.records),
    ...files.flatMap(({ name }) => /^([^.].*)\.json$/.exec(name)?.[1] ?? []),
  ]);
  return [...named].filter((name) => !owners.includes(name)).map((name) => ({
    status: "warning",
    message: `port_registry.json has ports for "${name}", which is not an instance`,
    hint: "Release them with: cmgr doctor --fix",
    fix: releasePorts(context, name),
  }));
}

function registerSandbox(context: Context, name: string): () => Promise<string> {
  const { paths } = context;
  return lockedFix(context, async () => {
    const registry = await readInstances(paths);
    if (Object.hasOwn(registry.instances, name)) return `"${name}" is already an instance`;
    const kept = await keepDamagedFile(context, paths.registry);
    const instances = withKey(registry.instances, name, await recordFor(paths, name));
    await writeInstances(paths, { ...registry, instances });
    return `Registered "${name}" again${kept}`;
  });
}

function releasePorts(context: Context, name: string): () => Promise<string> {
  const { paths } = context;
  return lockedFix(context, async () => {
    if (Object.hasOwn((await readInstances(paths)).instances, name)) {
      return `"${name}" was created in the meantime`;
    }
    const kept = await keepDamagedFile(context, paths.ports);
    await writePorts(paths, withoutAllocation(await readPorts(paths), name));
    // Other programs can write any name.
    if (!isName(name)) return `Released the ports of ${JSON.stringify(name)}${kept}`;
    const alsoKept = await keepDamagedFile(context, replacedOf(paths, name));
    await removeReplaced(paths, name);
    return `Released the ports of "${name}"${kept}${alsoKept}`;
  });
}
