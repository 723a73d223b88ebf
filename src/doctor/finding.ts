/**
 * What a check finds.
 *
 * @module
 */

/** How bad it is. */
export type Severity = "ok" | "warning" | "error";

/** One thing that a check looked at. */
export interface Finding {
  /** Name of the check. */
  readonly name: string;
  /** How bad it is. */
  readonly status: Severity;
  /** The instance that it is about; `undefined` when it is about none alone. */
  readonly instance?: string;
  /** What is so, and where. */
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
  /**
   * The safe remedy, where there is one; keeps what it replaces, and takes the lock itself.
   *
   * @returns What it did
   */
  readonly fix?: () => Promise<string>;
}

/** One check: what it is called when all is well, and what it finds otherwise. */
export interface Check {
  /** Its name. */
  readonly name: string;
  /** What is said when it finds nothing. */
  readonly well: string;
  /** Looks; finds nothing when all is well. */
  readonly run: () => Promise<readonly Finding[]>;
}
