/** A process that can be told from any other, past and future: a pid alone is given again. */
export interface Identity {
  readonly pid: number;
  /** When it started, in the operating system's own terms; to be compared, not read. */
  readonly started: string;
}

export function isSame(a: Identity, b: Identity): boolean {
  return a.pid === b.pid && a.started === b.started;
}
