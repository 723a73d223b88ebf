/**
 * The configs: whether the app can read them, whether they say what the registry says, and
 * whether their servers can start.
 *
 * @module
 */
import { isAbsolute } from "node:path";
import { Instance, loadInstance } from "../instance.ts";
import { configReporter } from "../reports/configs.ts";
import { configOf } from "../paths.ts";
import { readConfig } from "../config/config_file.ts";
import { maskText } from "../config/secrets.ts";
import { expectedConfig, reconcile } from "../reconcile/reconcile.ts";
import type { Context } from "../context.ts";
import { type Facts, readOrFault } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { repairWithBackup } from "./repair.ts";
import { missingCommands } from "./machine.ts";
import { nonexistentPackages } from "./original_packages.ts";

/**
 * Finds what is wrong with configs; the remedy for ports that differ puts those of the registry in
 * while the instance is stopped.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`, and run permission for `sh`; the remedy
 * write permission too.
 *
 * @param facts What there is
 */
export async function checkConfigs(facts: Facts): Promise<Finding[]> {
  const { context, instances, names, sandboxes } = facts;
  if ("fault" in instances) return [];
  const found: Finding[] = [];
  const reportConfig = configReporter(context, instances.value);
  for (const name of names.filter((name) => sandboxes.includes(name))) {
    const about = { name: "config", instance: name };
    const path = configOf(context.paths, name);
    const read = await readOrFault(() => readConfig(context.paths, name));
    if ("fault" in read) {
      found.push({
        ...about,
        status: "error",
        message: read.fault.message,
        hint: `Put an earlier one back: cmgr config ${name} --restore; or mend it: ` +
          `cmgr config ${name} --edit`,
      });
      continue;
    }
    if (read.value === undefined) {
      found.push({
        ...about,
        status: "warning",
        message: `"${name}" has no config: ${path} is not there`,
        hint: `The app writes one at its first start; an earlier one comes back with: ` +
          `cmgr config ${name} --restore`,
      });
      continue;
    }
    found.push(...await checkDrift(facts, name));
    const commands = [...new Set(read.value.entries.map(({ command }) => command))];
    const missing = await missingCommands(commands);
    for (const { key, command } of read.value.entries) {
      if (!missing.has(command)) continue;
      found.push({
        ...about,
        status: "warning",
        message: `The command of "${key}" in "${name}" is not there: ${maskText(command)}`,
        hint: isAbsolute(command)
          ? "Install it there, or mend the entry"
          : "Install it, or write its full path into the entry",
      });
    }
    for (const { key, named, meant } of nonexistentPackages(read.value.entries)) {
      found.push({
        ...about,
        status: "warning",
        message: `"${key}" in "${name}" cannot start: npm has no package ${named}`,
        hint: `Take it out: cmgr mcp ${name} remove ${key}` +
          (meant
            ? `; then put in what is meant: cmgr mcp ${name} add ${key} -- npx -y ${meant}`
            : ""),
      });
    }
    for (const message of (await reportConfig(name)).warnings) {
      found.push({ ...about, status: "warning", message, hint: `Look at: cmgr status ${name}` });
    }
  }
  return found;
}

async function checkDrift({ context, instances, ports }: Facts, name: string): Promise<Finding[]> {
  if ("fault" in instances || "fault" in ports) return [];
  const instance = new Instance(context, instances.value, name, ports.value);
  const drift = await readOrFault(() => expectedConfig(context, instance));
  // What is wrong with the range is said by its own check.
  if ("fault" in drift || drift.value.now === drift.value.expected) return [];
  const running = await instance.isRunning();
  return [{
    name: "config",
    status: "warning",
    instance: name,
    message: `The config of "${name}" has other ports than the registry`,
    hint: running
      ? `It is put right by: cmgr restart ${name}`
      : "It is put right at the next start, or by: cmgr doctor --fix",
    ...(running ? {} : { fix: () => putRight(context, name) }),
  }];
}

async function putRight(context: Context, name: string): Promise<string> {
  return await repairWithBackup(context, async () => {
    const instance = await loadInstance(context, name);
    if (await instance.isRunning()) return `"${name}" has been started meanwhile`;
    await reconcile(context, instance);
    return `The config of "${name}" has the ports of the registry; the one before is kept ` +
      `(cmgr config ${name} --history)`;
  });
}
