/**
 * Which process is which: a pid alone may be a stranger's by now, pid and start time are not.
 *
 * @module
 */

/** A process that can be told from any other, past and future. */
export interface Identity {
  /** Its process id. */
  readonly pid: number;
  /** When it started, in the operating system's own terms; to be compared, not read. */
  readonly started: string;
}

/** Whether two are one process. */
export function isSame(a: Identity, b: Identity): boolean {
  return a.pid === b.pid && a.started === b.started;
}
