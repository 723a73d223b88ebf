import type { Context } from "../context.ts";
import type { Instance } from "../instance.ts";
import { type Report, reportChanged } from "../reports/instances.ts";
import { formatWarnings } from "./format_instance.ts";

/**
 * Reports on an instance that was changed or started, with its warnings on standard error.
 *
 * @throws {CmgrError} `damaged`
 */
export async function reportWithWarnings(context: Context, instance: Instance): Promise<Report> {
  const report = await reportChanged(context, instance);
  for (const line of formatWarnings(report).split("\n").filter(Boolean)) context.notice(line);
  return report;
}
