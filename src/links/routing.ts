/** Which instance a link goes to. */
import type { Context } from "../context.ts";
import type { InstanceStatus } from "../processes/status.ts";
import { isPending, type PendingLogin, readPendingLogin } from "./pending_login.ts";

export interface Routing {
  /** As {@linkcode readPendingLogin} returns it. */
  readonly login: PendingLogin | undefined;
  readonly defaultInstance: string | undefined;
  readonly instances: readonly string[];
  /** `opened`: when it was started or last opened, in milliseconds since 1970. */
  readonly running: readonly { readonly instance: string; readonly opened: number }[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Route {
  readonly instance: string;
  readonly reason: "login" | "default" | "last";
}

export async function currentRoute(
  { paths, settings: { defaultInstance } }: Context,
  names: readonly string[],
  statuses: ReadonlyMap<string, InstanceStatus>,
): Promise<Route | undefined> {
  const running = names.flatMap((instance) => {
    const { status, run } = statuses.get(instance)!;
    return status === "running" ? [{ instance, opened: run?.opened ?? 0 }] : [];
  });
  const login = await readPendingLogin(paths);
  return routeOf({ login, defaultInstance, instances: names, running, now: Date.now() });
}

/** Pure. */
export function routeOf(routing: Routing): Route | undefined {
  const { login, defaultInstance, instances, running, now } = routing;
  // An instance may have been removed meanwhile.
  const exists = (name: string) => instances.includes(name);
  if (login && isPending(login, now) && exists(login.instance)) {
    return { instance: login.instance, reason: "login" };
  }
  if (defaultInstance !== undefined && exists(defaultInstance)) {
    return { instance: defaultInstance, reason: "default" };
  }
  const last =
    running.toSorted((a, b) => b.opened - a.opened || (a.instance < b.instance ? -1 : 1))[0];
  return last && { instance: last.instance, reason: "last" };
}
