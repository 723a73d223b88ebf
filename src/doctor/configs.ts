/**
 * Whether the app can read the configs, whether they say what the registry says, and whether their
 * servers can start.
 */
import { isAbsolute } from "node:path";
import { Instance, loadInstance } from "../instance.ts";
import { configReporter } from "../reports/configs.ts";
import { hiddenPathWarnings } from "../reports/isolation_warnings.ts";
import { configOf } from "../paths.ts";
import { readConfig } from "../config/config_file.ts";
import type { Entry } from "../config/config_text.ts";
import { maskText } from "../config/secrets.ts";
import { isOutdated, reconcile } from "../reconcile/reconcile.ts";
import type { Context } from "../context.ts";
import { type Facts, tryRead } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { repairWithBackup } from "./repair.ts";
import { missingCommands } from "./machine.ts";
import { missingPackages } from "./original_packages.ts";

/** The fix for ports that differ is to reconcile. */
export async function checkConfigs(facts: Facts): Promise<Finding[]> {
  const { context, instances, names, sandboxes } = facts;
  if ("fault" in instances) return [];
  const reportConfig = configReporter(context, instances.value);
  const found: Finding[] = [];
  for (const name of names.filter((name) => sandboxes.includes(name))) {
    const about = { name: "config", instance: name };
    const config = await tryRead(() => readConfig(context.paths, name));
    if ("fault" in config) {
      found.push({
        ...about,
        status: "error",
        message: config.fault.message,
        hint: `Restore a backup: cmgr config ${name} --restore; or fix it: ` +
          `cmgr config ${name} --edit`,
      });
    } else if (config.value === undefined) {
      found.push({
        ...about,
        status: "warning",
        message: `"${name}" has no config: ${configOf(context.paths, name)} does not exist`,
        hint: `The app writes one at its first start; or restore a backup: ` +
          `cmgr config ${name} --restore`,
      });
    } else {
      found.push(
        ...await checkDrift(facts, name),
        ...await checkServers(name, config.value.entries),
      );
      const instance = new Instance(context, instances.value, name);
      for (const message of await hiddenPathWarnings(context, instance)) {
        found.push({ ...about, status: "warning", message });
      }
      const hint = `See: cmgr status ${name}`;
      for (const message of (await reportConfig(name)).warnings) {
        found.push({ ...about, status: "warning", message, hint });
      }
    }
  }
  return found;
}

async function checkServers(instance: string, entries: readonly Entry[]): Promise<Finding[]> {
  const about = { name: "config", instance, status: "warning" } as const;
  const missing = await missingCommands([...new Set(entries.map(({ command }) => command))]);
  return [
    ...entries.filter(({ command }) => missing.has(command)).map(({ key, command }) => ({
      ...about,
      message: `The command of "${key}" in "${instance}" was not found: ${maskText(command)}`,
      hint: isAbsolute(command)
        ? "Install it there, or fix the entry"
        : "Install it, or write its full path into the entry",
    })),
    ...missingPackages(entries).map(({ key, name, replacement }) => ({
      ...about,
      message: `"${key}" in "${instance}" cannot start: npm has no package ${name}`,
      hint: `Remove it: cmgr mcp ${instance} remove ${key}` +
        (replacement
          ? `; then add its replacement: cmgr mcp ${instance} add ${key} -- npx -y ${replacement}`
          : ""),
    })),
  ];
}

async function checkDrift({ context, instances, ports }: Facts, name: string): Promise<Finding[]> {
  if ("fault" in instances || "fault" in ports) return [];
  const instance = new Instance(context, instances.value, name, ports.value);
  const outdated = await tryRead(() => isOutdated(context, instance));
  // A damaged range is found by another check.
  if ("fault" in outdated || !outdated.value) return [];
  const running = await instance.isRunning();
  return [{
    name: "config",
    status: "warning",
    instance: name,
    message: `The ports in the config of "${name}" differ from the registry`,
    hint: running
      ? `Fix it with: cmgr restart ${name}`
      : "The next start fixes it, or: cmgr doctor --fix",
    ...(running ? {} : { fix: () => fixConfig(context, name) }),
  }];
}

async function fixConfig(context: Context, name: string): Promise<string> {
  return await repairWithBackup(context, async () => {
    const instance = await loadInstance(context, name);
    if (await instance.isRunning()) return `"${name}" was started in the meantime`;
    await reconcile(context, instance);
    return `Updated the ports in the config of "${name}"; the old config is kept ` +
      `(cmgr config ${name} --history)`;
  });
}
