/**
 * What is known of the processes of a machine.
 *
 * @module
 */
import type { Identity } from "./identity.ts";

/** One process. */
export interface Process extends Identity {
  /** The process that started it, or that adopted it. */
  readonly parent: number;
  /** Its session (Linux) or process group (macOS); 0 on Windows. */
  readonly session: number;
  /** Short name of its program. */
  readonly name: string;
  /** Those of its variables and arguments that may be marks of an instance. */
  readonly marks: readonly string[];
}

/** All processes at one moment. */
export interface ProcessTable {
  /** Which boot of the machine it is. */
  readonly boot: string;
  /** The processes by pid; zombies are none. */
  readonly processes: ReadonlyMap<number, Process>;
}
