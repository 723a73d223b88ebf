import type { Context } from "../context.ts";
import type { Instance } from "../instance.ts";
import { type InstanceRegistry, namesOf, readInstances } from "../registry/instances.ts";
import { readRunRecord } from "../processes/run_record.ts";
import type { PortRegistry } from "../registry/ports.ts";
import { describeSharers } from "../registry/ranges.ts";
import { type ConfigReport, configReporter } from "./configs.ts";
import { type InstanceSummary, summarize } from "./summaries.ts";

/** The field names are a promise. */
export type Report = InstanceSummary & ConfigReport;

/** @throws {CmgrError} `damaged` */
export async function reportAll(context: Context): Promise<Report[]> {
  const instances = await readInstances(context.paths);
  return await report(context, instances, namesOf(instances));
}

/**
 * Starts no process, unless a run record says that something was started and may have ended.
 *
 * @throws {CmgrError} `damaged`
 */
export async function reportOne(context: Context, instance: Instance): Promise<Report> {
  const { registry, name } = instance;
  const [found] = await report(context, registry, [name], await instance.ports());
  return found;
}

/**
 * For commands that changed or started the instance: also says what its isolation hides from it.
 *
 * @throws {CmgrError} `damaged`
 */
export async function reportChanged(context: Context, instance: Instance): Promise<Report> {
  const found = await reportOne(context, instance);
  const { isolationWarnings } = await import("./isolation_warnings.ts");
  const more = await isolationWarnings(context, instance);
  return { ...found, warnings: [...new Set([...found.warnings, ...more])] };
}

async function report(
  context: Context,
  instances: InstanceRegistry,
  names: readonly string[],
  ports?: PortRegistry,
): Promise<Report[]> {
  const reportConfig = configReporter(context, instances);
  const reports: Report[] = [];
  for (const summary of await summarize(context, instances, names, ports)) {
    const { instance, sharesPortsWith } = summary;
    const config = await reportConfig(instance);
    const shared = sharesPortsWith.length > 0 ? [describeSharers(instance, sharesPortsWith)] : [];
    const run = summary.status === "running"
      ? await readRunRecord(context.paths, instance)
      : undefined;
    const started = run?.warning === undefined ? [] : [run.warning];
    reports.push({ ...summary, ...config, warnings: [...shared, ...started, ...config.warnings] });
  }
  return reports;
}
