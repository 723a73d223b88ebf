/**
 * The two registries, against each other and against the sandboxes.
 *
 * @module
 */
import { dictionary, withKey, withoutKey } from "../json/dictionary.ts";
import { infoOf, listFolder } from "../system/folders.ts";
import { configOf, replacedOf, sandboxOf } from "../paths.ts";
import { type InstanceRegistry, readInstances, writeInstances } from "../registry/instances.ts";
import { readPorts, writePorts } from "../registry/ports.ts";
import { readReplaced, removeReplaced, writeReplaced } from "../registry/replaced.ts";
import { isName } from "../registry/names.ts";
import type { InstanceRecord } from "../registry/schemas.ts";
import { lostPorts } from "../reconcile/lost_ports.ts";
import { findSandboxes, rebuildPorts, rebuildReplaced, recordFor } from "./rebuild.ts";
import { restoreInstance } from "../instances/restore.ts";
import { readTrash, restorableOf } from "../instances/trash.ts";
import type { Context } from "../context.ts";
import { withoutAllocation } from "../registry/ranges.ts";
import { type Facts, readOrFault } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { keepDamagedFile, repairWithBackup } from "./repair.ts";

/**
 * Finds a broken `registry.json`; the remedy makes it anew from the sandboxes.
 *
 * Needs read permission for `~/.cmgr`; the remedy write permission too.
 *
 * @param facts What there is
 */
export function checkRegistry({ context, instances, sandboxes }: Facts): Finding[] {
  const { paths } = context;
  if ("value" in instances) return misnamedIn(context, instances.value);
  const fix = () =>
    repairWithBackup(context, async () => {
      if ("value" in await readOrFault(() => readInstances(paths))) {
        return "registry.json has been mended meanwhile";
      }
      const kept = await keepDamagedFile(context, paths.registry);
      const names = await findSandboxes(paths);
      const made = dictionary<InstanceRecord>();
      for (const name of names) made[name] = await recordFor(paths, name);
      await writeInstances(paths, { rest: {}, instances: made });
      return `registry.json is made anew from ${names.length} sandboxes${kept}`;
    });
  const { message } = instances.fault;
  const isNewer = /newer cmgr/.test(message);
  return [{
    name: "registry",
    status: "error",
    message,
    hint: isNewer
      ? "Use the newer cmgr"
      : `Make it anew from the ${sandboxes.length} sandboxes: cmgr doctor --fix`,
    ...(isNewer ? {} : { fix }),
  }];
}

/** What another program wrote under names that lead elsewhere, as `..` does. */
function misnamedIn(context: Context, { misnamed = {} }: InstanceRegistry): Finding[] {
  const { paths } = context;
  return Object.keys(misnamed).map((name) => ({
    name: "registry",
    status: "warning",
    message:
      `${paths.registry} has an entry ${JSON.stringify(name)}, which cannot be the name of ` +
      "an instance; cmgr does not use it",
    hint: "Remove it with: cmgr doctor --fix",
    fix: () =>
      repairWithBackup(context, async () => {
        const { misnamed: now = {}, ...registry } = await readInstances(paths);
        const kept = await keepDamagedFile(context, paths.registry);
        await writeInstances(paths, { ...registry, misnamed: withoutKey(now, name) });
        return `The entry ${JSON.stringify(name)} is removed${kept}`;
      }),
  }));
}

/**
 * Finds a broken or lost `port_registry.json`; the remedy makes it anew from the configs.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`; the remedy write permission too.
 *
 * @param facts What there is
 */
export async function checkPortRegistry(facts: Facts): Promise<Finding[]> {
  const { context, ports, names } = facts;
  const { paths } = context;
  const lost = await lostPorts(paths, names);
  if ("value" in ports && lost.length === 0) return [];
  const fix = () =>
    repairWithBackup(context, async () => {
      const isSound = "value" in await readOrFault(() => readPorts(paths));
      if (isSound && (await lostPorts(paths, names)).length === 0) {
        return "port_registry.json has been mended meanwhile";
      }
      const kept = await keepDamagedFile(context, paths.ports);
      const instances = await readOrFault(() => readInstances(paths));
      const all = "value" in instances ? Object.keys(instances.value.instances) : names;
      const { registry, replaced } = await rebuildPorts(context, all);
      for (const name of Object.keys(replaced)) {
        const known = await readOrFault(() => readReplaced(paths, name, {}));
        if ("value" in known && known.value !== undefined) continue;
        await keepDamagedFile(context, replacedOf(paths, name));
        await writeReplaced(paths, name, replaced[name]);
      }
      await writePorts(paths, registry);
      const count = Object.keys(registry.bases).length;
      return `port_registry.json is made anew from the configs of ${count} instances${kept}`;
    });
  const message = "fault" in ports
    ? ports.fault.message
    : `${paths.ports} is gone, though configs have ports in them: ${lost.join(", ")}`;
  const isNewer = /newer cmgr/.test(message);
  return [{
    name: "port-registry",
    status: "error",
    message,
    hint: isNewer ? "Use the newer cmgr" : "Make it anew from the configs: cmgr doctor --fix",
    ...(isNewer ? {} : { fix }),
  }];
}

/** Finds broken files of what was replaced in the configs; the remedy rebuilds them from those. */
export async function checkReplaced({ context, ports, names }: Facts): Promise<Finding[]> {
  const registry = "value" in ports ? ports.value : {};
  const found: Finding[] = [];
  for (const name of names) {
    const read = await readOrFault(() => readReplaced(context.paths, name, registry));
    if ("value" in read) continue;
    const { message } = read.fault;
    const isNewer = /newer cmgr/.test(message);
    found.push({
      name: "port-registry",
      status: "error",
      instance: name,
      message,
      hint: isNewer ? "Use the newer cmgr" : "Rebuild it from the config: cmgr doctor --fix",
      ...(isNewer ? {} : { fix: () => replaceDamaged(context, name) }),
    });
  }
  return found;
}

async function replaceDamaged(context: Context, name: string): Promise<string> {
  const { paths } = context;
  return await repairWithBackup(context, async () => {
    const path = replacedOf(paths, name);
    if ("value" in await readOrFault(() => readReplaced(paths, name, {}))) {
      return `${path} has been repaired meanwhile`;
    }
    const kept = await keepDamagedFile(context, path);
    await writeReplaced(paths, name, await rebuildReplaced(context, name));
    return `${path} is rebuilt from the config${kept}`;
  });
}

/**
 * Finds instances without a sandbox, sandboxes without an instance, ports of nobody.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`; the remedies write permission too.
 *
 * @param facts What there is
 */
export async function checkSandboxes(facts: Facts): Promise<Finding[]> {
  const { context, instances, ports, names, sandboxes } = facts;
  const { paths } = context;
  if ("fault" in instances) return [];
  const found: Finding[] = [];
  const trash = await readTrash(paths);
  for (const name of names.filter((name) => !sandboxes.includes(name))) {
    found.push({
      name: "sandboxes",
      status: "error",
      instance: name,
      message: `The sandbox of "${name}" is gone: ${sandboxOf(paths, name)}`,
      hint: (await restorableOf(paths, trash, name))?.sandbox
        ? `It lies in the trash; bring it back with: cmgr restore ${name}`
        : `Put it back from a copy, or give the name up with: cmgr remove ${name} --yes`,
    });
  }
  const adopted: string[] = [];
  for (const name of sandboxes.filter((name) => !names.includes(name))) {
    const removed = await restorableOf(paths, trash, name);
    if (removed && removed.sandbox === undefined) {
      adopted.push(name);
      found.push({
        name: "sandboxes",
        status: "warning",
        message: `${sandboxOf(paths, name)} belongs to no instance: a restore was cut off`,
        hint: `Finish it with: cmgr restore ${name}, or: cmgr doctor --fix`,
        fix: async () => {
          await restoreInstance(context, name);
          return `"${name}" is restored`;
        },
      });
      continue;
    }
    const hasConfig = await infoOf(configOf(paths, name)).catch(() => undefined) !== undefined;
    const isFree = !names.some((other) => other.toLowerCase() === name.toLowerCase());
    if (hasConfig && isFree) adopted.push(name);
    found.push({
      name: "sandboxes",
      status: "warning",
      message: `${sandboxOf(paths, name)} belongs to no instance`,
      hint: hasConfig && isFree
        ? "Take it in as an instance with: cmgr doctor --fix; or move it away"
        : "Move it away, or delete it",
      ...(hasConfig && isFree ? { fix: () => adopt(facts, name) } : {}),
    });
  }
  const owned = "value" in ports
    ? new Set([
      ...Object.keys(ports.value.bases),
      ...Object.keys(ports.value.records),
      ...(await listFolder(paths.replaced)).filter(({ name }) => /^[^.].*\.json$/.test(name))
        .map(({ name }) => name.slice(0, -".json".length)),
    ])
    : [];
  for (const name of owned) {
    if (names.includes(name) || adopted.includes(name)) continue;
    found.push({
      name: "sandboxes",
      status: "warning",
      message: `port_registry.json has ports for "${name}", which is no instance`,
      hint: "Set them free with: cmgr doctor --fix",
      fix: () => setFree(facts, name),
    });
  }
  return found;
}

async function adopt({ context }: Facts, name: string): Promise<string> {
  const { paths } = context;
  return await repairWithBackup(context, async () => {
    const registry = await readInstances(paths);
    if (Object.hasOwn(registry.instances, name)) return `"${name}" is an instance already`;
    const kept = await keepDamagedFile(context, paths.registry);
    const record = await recordFor(paths, name);
    await writeInstances(paths, {
      ...registry,
      instances: withKey(registry.instances, name, record),
    });
    return `"${name}" is an instance again${kept}`;
  });
}

async function setFree({ context }: Facts, name: string): Promise<string> {
  const { paths } = context;
  return await repairWithBackup(context, async () => {
    if (Object.hasOwn((await readInstances(paths)).instances, name)) {
      return `"${name}" has become an instance`;
    }
    const kept = await keepDamagedFile(context, paths.ports);
    await writePorts(paths, withoutAllocation(await readPorts(paths), name));
    const alsoKept = isName(name) ? await keepDamagedFile(context, replacedOf(paths, name)) : "";
    if (isName(name)) await removeReplaced(paths, name);
    return `The ports of "${name}" are free${kept}${alsoKept}`;
  });
}
