import { bubblewrapFault, decideIsolation } from "../sandbox/isolation.ts";
import { busProblem } from "../sandbox/bus_warning.ts";
import { findLauncher } from "../launch/launcher.ts";
import { type Facts, tryRead } from "./facts.ts";
import type { Finding } from "./finding.ts";

export async function checkLauncher({ context }: Facts): Promise<Finding[]> {
  const found = await tryRead(() => findLauncher(context));
  if ("value" in found) return [];
  const { message, hint } = found.fault;
  return [{ name: "launcher", status: "warning", message, ...(hint ? { hint } : {}) }];
}

export async function checkIsolation({ context: { settings } }: Facts): Promise<Finding[]> {
  const { isolation } = settings;
  if (isolation === "profile" || isolation === "auto" && Deno.build.os !== "linux") return [];
  const fault = await bubblewrapFault();
  if (fault === undefined) return [];
  const asked = await tryRead(() => Promise.resolve(decideIsolation("bubblewrap", fault)));
  const hint = "fault" in asked ? asked.fault.hint : undefined;
  return [{
    name: "isolation",
    status: isolation === "auto" ? "warning" : "error",
    message: isolation === "auto"
      ? `bubblewrap does not work here (${fault}), so instances are separated only by their profile`
      : `The isolation is set to bubblewrap, which does not work here: ${fault}`,
    ...(hint ? { hint } : {}),
  }];
}

/** Looks at what isolated instances get of the session bus. */
export async function checkSessionBus({ context }: Facts): Promise<Finding[]> {
  const warning = await busProblem(context);
  return warning === undefined ? [] : [{ name: "session bus", status: "warning", ...warning }];
}
