/** The registries: whether they are there, and can be used. */
import type { Context } from "../context.ts";
import { dictionary, withoutKey } from "../json/dictionary.ts";
import { replacedOf } from "../paths.ts";
import { lostPorts } from "../reconcile/lost_ports.ts";
import { type InstanceRegistry, readInstances, writeInstances } from "../registry/instances.ts";
import { readPorts, writePorts } from "../registry/ports.ts";
import { readReplaced, writeReplaced } from "../registry/replaced.ts";
import type { InstanceRecord } from "../registry/schemas.ts";
import { type Facts, tryRead } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { findSandboxes, rebuildPorts, rebuildReplaced, recordFor } from "./rebuild.ts";
import { keepDamagedFile, repairWithBackup } from "./repair.ts";

/** Finds a broken `registry.json`; the fix rebuilds it from the sandboxes. */
export function checkRegistry({ context, instances, sandboxes }: Facts): Finding[] {
  const { paths } = context;
  if ("value" in instances) return misnamedIn(context, instances.value);
  const fix = () =>
    repairWithBackup(context, async () => {
      if ("value" in await tryRead(() => readInstances(paths))) {
        return "registry.json was fixed in the meantime";
      }
      const kept = await keepDamagedFile(context, paths.registry);
      const names = await findSandboxes(paths);
      const made = dictionary<InstanceRecord>();
      for (const name of names) made[name] = await recordFor(paths, name);
      await writeInstances(paths, { rest: {}, instances: made });
      return `Rebuilt registry.json from ${names.length} sandboxes${kept}`;
    });
  const { message } = instances.fault;
  const isNewer = /newer cmgr/.test(message);
  return [{
    name: "registry",
    status: "error",
    message,
    hint: isNewer
      ? "Use the newer version of cmgr"
      : `Rebuild it from the ${sandboxes.length} sandboxes: cmgr doctor --fix`,
    ...(isNewer ? {} : { fix }),
  }];
}

/** Entries of other programs under names that leave the folder, such as `..`. */
function misnamedIn(context: Context, { misnamed = {} }: InstanceRegistry): Finding[] {
  const { paths } = context;
  return Object.keys(misnamed).map((name) => ({
    name: "registry",
    status: "warning",
    message:
      `${paths.registry} has an entry ${JSON.stringify(name)}, which is not a valid instance ` +
      "name; cmgr ignores it",
    hint: "Remove it with: cmgr doctor --fix",
    fix: () =>
      repairWithBackup(context, async () => {
        const { misnamed: now = {}, ...registry } = await readInstances(paths);
        const kept = await keepDamagedFile(context, paths.registry);
        await writeInstances(paths, { ...registry, misnamed: withoutKey(now, name) });
        return `Removed the entry ${JSON.stringify(name)}${kept}`;
      }),
  }));
}

/** Finds a broken or lost `port_registry.json`; the fix rebuilds it from the configs. */
export async function checkPortRegistry(facts: Facts): Promise<Finding[]> {
  const { context, ports, names } = facts;
  const { paths } = context;
  const lost = await lostPorts(paths, names);
  if ("value" in ports && lost.length === 0) return [];
  const fix = () =>
    repairWithBackup(context, async () => {
      const isSound = "value" in await tryRead(() => readPorts(paths));
      if (isSound && (await lostPorts(paths, names)).length === 0) {
        return "port_registry.json was fixed in the meantime";
      }
      const kept = await keepDamagedFile(context, paths.ports);
      const instances = await tryRead(() => readInstances(paths));
      const all = "value" in instances ? Object.keys(instances.value.instances) : names;
      const { registry, replaced } = await rebuildPorts(context, all);
      for (const name of Object.keys(replaced)) {
        const known = await tryRead(() => readReplaced(paths, name, {}));
        if ("value" in known && known.value !== undefined) continue;
        await keepDamagedFile(context, replacedOf(paths, name));
        await writeReplaced(paths, name, replaced[name]);
      }
      await writePorts(paths, registry);
      const count = Object.keys(registry.bases).length;
      return `Rebuilt port_registry.json from the configs of ${count} instance${
        count === 1 ? "" : "s"
      }${kept}`;
    });
  const message = "fault" in ports
    ? ports.fault.message
    : `${paths.ports} is missing, but these configs have ports: ${lost.join(", ")}`;
  const isNewer = /newer cmgr/.test(message);
  return [{
    name: "port-registry",
    status: "error",
    message,
    hint: isNewer
      ? "Use the newer version of cmgr"
      : "Rebuild it from the configs: cmgr doctor --fix",
    ...(isNewer ? {} : { fix }),
  }];
}

/** Finds broken files in `~/.cmgr/replaced`; the fix rebuilds them from the configs. */
export async function checkReplaced({ context, ports, names }: Facts): Promise<Finding[]> {
  const registry = "value" in ports ? ports.value : {};
  const found: Finding[] = [];
  for (const name of names) {
    const read = await tryRead(() => readReplaced(context.paths, name, registry));
    if ("value" in read) continue;
    const { message } = read.fault;
    const isNewer = /newer cmgr/.test(message);
    found.push({
      name: "port-registry",
      status: "error",
      instance: name,
      message,
      hint: isNewer
        ? "Use the newer version of cmgr"
        : "Rebuild it from the config: cmgr doctor --fix",
      ...(isNewer ? {} : { fix: () => replaceDamaged(context, name) }),
    });
  }
  return found;
}

async function replaceDamaged(context: Context, name: string): Promise<string> {
  const { paths } = context;
  return await repairWithBackup(context, async () => {
    const path = replacedOf(paths, name);
    if ("value" in await tryRead(() => readReplaced(paths, name, {}))) {
      return `${path} was fixed in the meantime`;
    }
    const kept = await keepDamagedFile(context, path);
    await writeReplaced(paths, name, await rebuildReplaced(context, name));
    return `Rebuilt ${path} from the config${kept}`;
  });
}
