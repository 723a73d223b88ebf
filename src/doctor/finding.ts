export type Severity = "ok" | "warning" | "error";

export interface Finding {
  readonly name: string;
  readonly status: Severity;
  /** `undefined` when it is not about a single instance. */
  readonly instance?: string;
  readonly message: string;
  readonly hint?: string;
  /**
   * The safe fix, where there is one: keeps what it replaces, and takes the lock itself.
   *
   * @returns What it did
   */
  readonly fix?: () => Promise<string>;
}

export interface DoctorCheck {
  readonly name: string;
  /** Shown when it finds nothing. */
  readonly ok: string;
  readonly run: () => Promise<readonly Finding[]>;
}
