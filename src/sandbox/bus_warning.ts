import type { Context } from "../context.ts";
import type { Settings } from "../settings/settings.ts";
import { inheritedEnv } from "../system/inherited_env.ts";
import type { Variables } from "../system/run.ts";
import { busAddress, busSocket } from "./bus.ts";
import { hasBusProxy } from "./host.ts";
import { bubblewrapFault } from "./isolation.ts";

export interface BusProblem {
  readonly message: string;
  readonly hint: string;
}

/** Pure. */
export function findBusProblem(
  { sessionBus }: Pick<Settings, "sessionBus">,
  variables: Variables,
  hasProxy: boolean,
): BusProblem | undefined {
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

/** A sentence or two without a final period. */
export function describeBusProblem({ message, hint }: BusProblem): string {
  return `${message}. ${hint}`;
}

/** @returns `undefined` where instances are not isolated */
export async function busProblem(
  { settings, env }: Pick<Context, "settings" | "env">,
): Promise<BusProblem | undefined> {
  if (Deno.build.os !== "linux" || settings.isolation === "profile") return undefined;
  const variables = inheritedEnv(env);
  // Starts no process outside a session.
  if (busAddress(variables) === undefined) return undefined;
  const problem = findBusProblem(settings, variables, await hasBusProxy());
  return problem && await bubblewrapFault() === undefined ? problem : undefined;
}
