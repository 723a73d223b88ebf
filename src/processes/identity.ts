/** A pid alone is not enough: the system uses it again. */
export interface Identity {
  readonly pid: number;
  /** In the operating system's own terms; to be compared, not read. */
  readonly started: string;
}

export function isSame(a: Identity, b: Identity): boolean {
  return a.pid === b.pid && a.started === b.started;
}
