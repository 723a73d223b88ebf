/** The registries: whether they are there, and can be used. */
import { attempt } from "../errors.ts";
import type { Context } from "../context.ts";
import { dictionary, withoutKey } from "../json/dictionary.ts";
import { replacedOf } from "../paths.ts";
import { lostPorts } from "../reconcile/lost_ports.ts";
import { type InstanceRegistry, readInstances, writeInstances } from "../registry/instances.ts";
import { readPorts, writePorts } from "../registry/ports.ts";
import { readReplaced, writeReplaced } from "../registry/replaced.ts";
import type { InstanceRecord } from "../registry/schemas.ts";
import { type Facts, keepDamagedFile, lockedFix, type Problem } from "./check.ts";
import { findSandboxes, rebuildPorts, recordFor } from "./rebuild.ts";

/** Finds a broken `registry.json`; the fix rebuilds it from the sandboxes. */
export function checkRegistry({ context, instances, sandboxes }: Facts): Problem[] {
  const { paths } = context;
  if ("value" in instances) return misnamedIn(context, instances.value);
  return [unusable({
    message: instances.fault.message,
    hint: `Rebuild it from the ${sandboxes.length} sandboxes: cmgr doctor --fix`,
    fix: lockedFix(context, async () => {
      if ("value" in await attempt(() => readInstances(paths))) {
        return "registry.json was fixed in the meantime";
      }
      const kept = await keepDamagedFile(context, paths.registry);
      const names = await findSandboxes(paths);
      const records = dictionary<InstanceRecord>();
      for (const name of names) records[name] = await recordFor(paths, name);
      await writeInstances(paths, { rest: {}, instances: records });
      return `Rebuilt registry.json from ${names.length} sandboxes${kept}`;
    }),
  })];
}

/** A file that is rebuilt, unless it is of a newer cmgr. */
function unusable(problem: Omit<Problem, "status">): Problem {
  return /newer cmgr/.test(problem.message)
    ? { ...problem, status: "error", hint: "Use the newer version of cmgr", fix: undefined }
    : { ...problem, status: "error" };
}

/** Entries of other programs under names that leave the folder, such as `..`. */
function misnamedIn(context: Context, { misnamed = {} }: InstanceRegistry): Problem[] {
  const { paths } = context;
  return Object.keys(misnamed).map((name) => ({
    status: "warning",
    message:
      `${paths.registry} has an entry ${JSON.stringify(name)}, which is not a valid instance ` +
      "name; cmgr ignores it",
    hint: "Remove it with: cmgr doctor --fix",
    fix: lockedFix(context, async () => {
      const { misnamed: now = {}, ...registry } = await readInstances(paths);
      const kept = await keepDamagedFile(context, paths.registry);
      await writeInstances(paths, { ...registry, misnamed: withoutKey(now, name) });
      return `Removed the entry ${JSON.stringify(name)}${kept}`;
    }),
  }));
}

/**
 * Finds a broken or lost `port_registry.json`, and broken files in `~/.cmgr/replaced`; the fix
 * rebuilds them from the configs.
 */
export async function checkPortRegistry(facts: Facts): Promise<Problem[]> {
  const { context: { paths }, ports, names } = facts;
  const lost = await lostPorts(paths, names);
  const message = "fault" in ports
    ? ports.fault.message
    : `${paths.ports} is missing, but these configs have ports: ${lost.join(", ")}`;
  const found = await checkReplaced(facts);
  if ("value" in ports && lost.length === 0) return found;
  const hint = "Rebuild it from the configs: cmgr doctor --fix";
  return [unusable({ message, hint, fix: rebuildPortRegistry(facts) }), ...found];
}

function rebuildPortRegistry({ context, names }: Facts): () => Promise<string> {
  const { paths } = context;
  return lockedFix(context, async () => {
    const isSound = "value" in await attempt(() => readPorts(paths));
    if (isSound && (await lostPorts(paths, names)).length === 0) {
      return "port_registry.json was fixed in the meantime";
    }
    const kept = await keepDamagedFile(context, paths.ports);
    const instances = await attempt(() => readInstances(paths));
    const all = "value" in instances ? Object.keys(instances.value.instances) : names;
    const { registry, replaced } = await rebuildPorts(context, all);
    for (const [name, memory] of Object.entries(replaced)) {
      const known = await attempt(() => readReplaced(paths, name, {}));
      if ("value" in known && known.value !== undefined) continue;
      await keepDamagedFile(context, replacedOf(paths, name));
      await writeReplaced(paths, name, memory);
    }
    await writePorts(paths, registry);
    const count = Object.keys(registry.bases).length;
    const instance = count === 1 ? "instance" : "instances";
    return `Rebuilt port_registry.json from the configs of ${count} ${instance}${kept}`;
  });
}

async function checkReplaced({ context, ports, names }: Facts): Promise<Problem[]> {
  const { paths } = context;
  const registry = "value" in ports ? ports.value : {};
  const found: Problem[] = [];
  for (const name of names) {
    const read = await attempt(() => readReplaced(paths, name, registry));
    if ("value" in read) continue;
    found.push(unusable({
      instance: name,
      message: read.fault.message,
      hint: "Rebuild it from the config: cmgr doctor --fix",
      fix: lockedFix(context, async () => {
        const path = replacedOf(paths, name);
        if ("value" in await attempt(() => readReplaced(paths, name, {}))) {
          return `${path} was fixed in the meantime`;
        }
        const kept = await keepDamagedFile(context, path);
        const { replaced } = await rebuildPorts(context, [name]);
        await writeReplaced(paths, name, replaced[name] ?? dictionary());
        return `Rebuilt ${path} from the config${kept}`;
      }),
    }));
  }
  return found;
}
