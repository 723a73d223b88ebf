/**
 * Whether the app can read the configs, whether they say what the registry says, and whether their
 * servers can start.
 */
import { attempt } from "../errors.ts";
import { Instance, loadInstance } from "../instance.ts";
import { configReporter } from "../reports/configs.ts";
import { hiddenPathWarnings } from "../reports/isolation_warnings.ts";
import { configOf } from "../paths.ts";
import { readConfig } from "../config/config_file.ts";
import { isOutdated, reconcile } from "../reconcile/reconcile.ts";
import { type Facts, lockedFix, type Problem } from "./check.ts";
import { checkServers } from "./servers.ts";

export async function checkConfigs(facts: Facts): Promise<Problem[]> {
  const { context, instances, names, sandboxes } = facts;
  if ("fault" in instances) return [];
  const reportConfig = configReporter(context, instances.value);
  const problemsOf = async (name: string): Promise<Problem[]> => {
    const config = await attempt(() => readConfig(context.paths, name));
    if ("fault" in config) {
      return [{
        status: "error",
        message: config.fault.message,
        hint: `Restore a backup: cmgr config ${name} --restore; or fix it: ` +
          `cmgr config ${name} --edit`,
      }];
    }
    if (config.value === undefined) {
      return [{
        status: "warning",
        message: `"${name}" has no config: ${configOf(context.paths, name)} does not exist`,
        hint: `The app writes one at its first start; or restore a backup: ` +
          `cmgr config ${name} --restore`,
      }];
    }
    const hidden = await hiddenPathWarnings(context, new Instance(context, instances.value, name));
    const { warnings } = await reportConfig(name);
    const hint = `See: cmgr status ${name}`;
    return [
      ...await checkDrift(facts, name),
      ...await checkServers(name, config.value.entries),
      ...hidden.map((message) => ({ status: "warning", message }) as const),
      ...warnings.map((message) => ({ status: "warning", message, hint }) as const),
    ];
  };
  const found: Problem[] = [];
  for (const instance of names.filter((name) => sandboxes.includes(name))) {
    found.push(...(await problemsOf(instance)).map((problem) => ({ ...problem, instance })));
  }
  return found;
}

/** Finds ports that differ from the registry; the fix is to reconcile. */
async function checkDrift({ context, instances, ports }: Facts, name: string): Promise<Problem[]> {
  if ("fault" in instances || "fault" in ports) return [];
  const instance = new Instance(context, instances.value, name, ports.value);
  const outdated = await attempt(() => isOutdated(context, instance));
  // A damaged range is found by another check.
  if ("fault" in outdated || !outdated.value) return [];
  const message = `The ports in the config of "${name}" differ from the registry`;
  if (await instance.isRunning()) {
    return [{ status: "warning", message, hint: `Fix it with: cmgr restart ${name}` }];
  }
  return [{
    status: "warning",
    message,
    hint: "The next start fixes it, or: cmgr doctor --fix",
    fix: lockedFix(context, async () => {
      const instance = await loadInstance(context, name);
      if (await instance.isRunning()) return `"${name}" was started in the meantime`;
      await reconcile(context, instance);
      return `Updated the ports in the config of "${name}"; the old config is kept ` +
        `(cmgr config ${name} --history)`;
    }),
  }];
}
