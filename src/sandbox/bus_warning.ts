import type { Context } from "../context.ts";
import type { Settings } from "../settings/settings.ts";
import { inheritedEnv } from "../system/inherited_env.ts";
import type { Variables } from "../system/run.ts";
import { busAddress, busSocket } from "./bus.ts";
import { hasBusProxy } from "./host.ts";
import { bubblewrapFault } from "./isolation.ts";

export interface BusWarning {
  readonly message: string;
  readonly hint: string;
}

/**
 * Pure.
 *
 * @param hasProxy Whether xdg-dbus-proxy is installed
 */
export function findBusProblem(
  { sessionBus }: Pick<Settings, "sessionBus">,
  variables: Variables,
  hasProxy: boolean,
): BusWarning | undefined {
  const address = busAddress(variables);
  if (address === undefined || sessionBus === "full") return undefined;
  if (busSocket(address) === undefined) {
    return {
      message:
        `The session bus is at ${address}, which the isolation cannot hide: instances can use ` +
        "it to start programs outside",
      hint: "Make the session bus listen on a socket in the file system, as systemd does",
    };
  }
  if (sessionBus === "none" || hasProxy) return undefined;
  return {
    message: "xdg-dbus-proxy is not installed, so isolated instances have no session bus: no " +
      "keyring (the app asks for a login at every start), file dialogs, notifications, tray icon " +
      "or global shortcuts",
    hint: "Install it (Debian, Fedora, Arch: package xdg-dbus-proxy), or choose another " +
      '"sessionBus" in ~/.cmgr/config.jsonc',
  };
}

/** @returns A sentence or two without a final period; `undefined` when nothing is lacking */
export async function busWarning(context: Pick<Context, "settings" | "env">) {
  const problem = await busProblem(context);
  return problem && describeBusProblem(problem);
}

export function describeBusProblem({ message, hint }: BusWarning): string {
  return `${message}. ${hint}`;
}

/** @returns `undefined` where instances are not isolated */
export async function busProblem(
  { settings, env }: Pick<Context, "settings" | "env">,
): Promise<BusWarning | undefined> {
  if (Deno.build.os !== "linux" || settings.isolation === "profile") return undefined;
  const variables = inheritedEnv(env);
  // Usually there is nothing to warn of, which this finds out cheaply.
  if (busAddress(variables) === undefined) return undefined;
  const warning = findBusProblem(settings, variables, await hasBusProxy());
  return warning && await bubblewrapFault() === undefined ? warning : undefined;
}
