/** Which instance a link goes to. Pure. */

/** For a few minutes, links go to the instance that waits for its login. */
export interface PendingLogin {
  readonly instance: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly id: string;
}

export const longestMinutes = 60;

/** One that ends later than any login can was written before the clock was set back. */
export function isOpen({ until }: PendingLogin, now: number): boolean {
  return now < until && until - now <= longestMinutes * 60_000;
}

export interface Candidate {
  readonly instance: string;
  /** When it was started or last opened, in milliseconds since 1970. */
  readonly opened: number;
}

export interface Routing {
  /** The last one, pending or over. */
  readonly login: PendingLogin | undefined;
  readonly defaultInstance: string | undefined;
  readonly instances: readonly string[];
  readonly running: readonly Candidate[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Reason = "login" | "default" | "last";

export interface Route {
  readonly instance: string;
  readonly reason: Reason;
}

export function routeOf(routing: Routing): Route | undefined {
  const { login, defaultInstance, instances, running, now } = routing;
  // It may have been removed meanwhile.
  const exists = (name: string) => instances.includes(name);
  if (login && isOpen(login, now) && exists(login.instance)) {
    return { instance: login.instance, reason: "login" };
  }
  if (defaultInstance !== undefined && exists(defaultInstance)) {
    return { instance: defaultInstance, reason: "default" };
  }
  const last =
    running.toSorted((a, b) => b.opened - a.opened || (a.instance < b.instance ? -1 : 1))[0];
  return last && { instance: last.instance, reason: "last" };
}
