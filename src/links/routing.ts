/** To which instance a link goes: pure. */

/** A span of time in which links go to one instance. */
export interface PendingLogin {
  /** The instance. */
  readonly instance: string;
  /** When it ends, in milliseconds since 1970. */
  readonly until: number;
  /** Tells this window from any other. */
  readonly id: string;
}

/** The longest that a login is awaited, in minutes. */
export const longestMinutes = 60;

/**
 * Whether a window is open. One that would be for longer than any is of before the clock was set
 * back.
 *
 * @param now The time, in milliseconds since 1970
 */
export function isOpen({ until }: PendingLogin, now: number): boolean {
  return now < until && until - now <= longestMinutes * 60_000;
}

/** An instance that runs. */
export interface Candidate {
  /** Its name. */
  readonly instance: string;
  /** When it was started or last opened, in milliseconds since 1970. */
  readonly opened: number;
}

/** What decides where links go. */
export interface Routing {
  /** The window that was opened last, be it over or not. */
  readonly window: PendingLogin | undefined;
  /** The instance that the settings name. */
  readonly defaultInstance: string | undefined;
  /** All instances. */
  readonly instances: readonly string[];
  /** Those that run. */
  readonly running: readonly Candidate[];
  /** Now, in milliseconds since 1970. */
  readonly now: number;
}

/** Why a link goes where it goes. */
export type Reason = "login" | "default" | "last";

/** Where a link goes. */
export interface Route {
  /** The instance. */
  readonly instance: string;
  /** Why: a login is awaited, the settings say so, or it was used last. */
  readonly reason: Reason;
}

/**
 * Finds the instance that takes links now.
 *
 * @returns `undefined` when there is none
 */
export function routeOf(routing: Routing): Route | undefined {
  const { window, defaultInstance, instances, running, now } = routing;
  // An instance that was removed meanwhile takes nothing.
  const isThere = (name: string) => instances.includes(name);
  if (window && isOpen(window, now) && isThere(window.instance)) {
    return { instance: window.instance, reason: "login" };
  }
  if (defaultInstance !== undefined && isThere(defaultInstance)) {
    return { instance: defaultInstance, reason: "default" };
  }
  const last =
    running.toSorted((a, b) => b.opened - a.opened || (a.instance < b.instance ? -1 : 1))[0];
  return last && { instance: last.instance, reason: "last" };
}
