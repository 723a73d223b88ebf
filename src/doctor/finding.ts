export type Severity = "ok" | "warning" | "error";

export interface Finding {
  readonly name: string;
  readonly status: Severity;
  /** The instance that it is about; `undefined` when it is about none alone. */
  readonly instance?: string;
  readonly message: string;
  readonly hint?: string;
  /**
   * The safe remedy, where there is one; keeps what it replaces, and takes the lock itself.
   *
   * @returns What it did
   */
  readonly fix?: () => Promise<string>;
}

/** One check. */
export interface Check {
  readonly name: string;
  /** What is said when it finds nothing. */
  readonly well: string;
  /** Finds nothing when all is well. */
  readonly run: () => Promise<readonly Finding[]>;
}
