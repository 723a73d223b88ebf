/** A pid alone is not enough: the system reuses it. */
export interface Identity {
  readonly pid: number;
  /** In the format of the operating system; only to be compared. */
  readonly started: string;
}

export function isSame(a: Identity, b: Identity): boolean {
  return a.pid === b.pid && a.started === b.started;
}

export interface Process extends Identity {
  /** The process that started it, or that adopted it. */
  readonly parent: number;
  /** Its session (Linux) or process group (macOS); 0 on Windows. */
  readonly session: number;
  /** `undefined` on Windows. */
  readonly uid?: number;
  readonly name: string;
  /** The variables and arguments that may say whom it belongs to: see `tags.ts`. */
  readonly tags: readonly string[];
}

/** All processes at one moment. */
export interface ProcessTable {
  /** Which boot of the machine it is. */
  readonly boot: string;
  /** By pid, without zombies. */
  readonly processes: ReadonlyMap<number, Process>;
  /** The calling user: only this user can own processes of an instance. */
  readonly uid?: number;
}
