import type { Context } from "../context.ts";
import { readPendingLogin } from "./pending_login.ts";
import { type Route, routeOf } from "./routing.ts";
import type { InstanceStatus } from "../processes/status.ts";

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
