import { Option } from "@commander-js/extra-typings";
import type { Context } from "../context.ts";
import type { Instance } from "../instance.ts";
import { defaultTimeoutMs, stopInstance } from "../instances/stop.ts";
import type { ScannedStatus } from "../processes/status.ts";
import type { EndingStep } from "../processes/terminate.ts";
import { parseSeconds } from "./option_values.ts";

export const stopTimeout = new Option(
  "--timeout <seconds>",
  `how long to wait before the app is killed (default: ${defaultTimeoutMs / 1_000})`,
).argParser(parseSeconds);

const steps: Readonly<Record<EndingStep, string>> = {
  quit: "asked to quit",
  end: "asking its remaining processes to end",
  kill: "killing its remaining processes",
};

export async function stopWithProgress(
  context: Context,
  instance: Instance,
  timeoutMs: number,
): Promise<{ before: ScannedStatus; wasKilled: boolean }> {
  const name = `"${instance.name}"`;
  let wasKilled = false;
  const before = await context.progress(
    `Stopping ${name}`,
    (report) =>
      stopInstance(context, instance, timeoutMs, (step) => {
        wasKilled ||= step === "kill";
        report(`Stopping ${name}: ${steps[step]}`);
      }),
  );
  return { before, wasKilled };
}
