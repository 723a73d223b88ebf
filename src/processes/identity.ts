/** A pid alone is not enough: the system reuses it. */
export interface Identity {
  readonly pid: number;
  /** In the format of the operating system; only to be compared. */
  readonly started: string;
}

export function isSame(a: Identity, b: Identity): boolean {
  return a.pid === b.pid && a.started === b.started;
}
