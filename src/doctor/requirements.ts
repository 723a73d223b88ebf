import { attempt } from "../errors.ts";
import { bubblewrapFault, decideIsolation } from "../sandbox/isolation.ts";
import { busProblem } from "../sandbox/bus_warning.ts";
import { findLauncher } from "../launch/launcher.ts";
import type { Facts, Problem } from "./check.ts";

export async function checkLauncher({ context }: Facts): Promise<Problem[]> {
  const found = await attempt(() => findLauncher(context));
  if ("value" in found) return [];
  const { message, hint } = found.fault;
  return [{ status: "warning", message, hint }];
}

export async function checkIsolation({ context: { settings } }: Facts): Promise<Problem[]> {
  const { isolation } = settings;
  if (isolation === "profile" || isolation === "auto" && Deno.build.os !== "linux") return [];
  const fault = await bubblewrapFault();
  const required = await attempt(() => decideIsolation("bubblewrap", fault));
  if ("value" in required) return [];
  const { message, hint } = required.fault;
  if (isolation === "bubblewrap") return [{ status: "error", message, hint }];
  return [{
    status: "warning",
    message:
      `bubblewrap does not work here (${fault}), so instances are separated only by their profile`,
    hint,
  }];
}

export async function checkSessionBus({ context }: Facts): Promise<Problem[]> {
  const warning = await busProblem(context);
  return warning === undefined ? [] : [{ status: "warning", ...warning }];
}
