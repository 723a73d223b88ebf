/** The one error type that a person is meant to read, and its exit codes. */

/** A promise to scripts, listed in docs/exit-codes.md. */
export const Exit = {
  done: 0,
  /** It was understood and tried, and did not work. */
  failed: 1,
  /** The command line or a value on it makes no sense. */
  usage: 2,
  /** There is no instance of that name. */
  notFound: 3,
  /** It exists already, runs, or another cmgr holds the lock. */
  conflict: 4,
  /** No range, or no port within a range, is left. */
  noPorts: 5,
  /** A file of cmgr's own on disk cannot be used as it is. */
  damaged: 6,
  /** A fault of cmgr's own. */
  bug: 70,
  /** Ctrl-C, or another signal to end. */
  interrupted: 130,
} as const;

export type ExitCode = typeof Exit[keyof typeof Exit];

/** The exit code of each `code` that an error has with `--json`. */
const exitOf = {
  failed: Exit.failed,
  usage: Exit.usage,
  "not-found": Exit.notFound,
  conflict: Exit.conflict,
  exists: Exit.conflict,
  running: Exit.conflict,
  locked: Exit.conflict,
  "no-ports": Exit.noPorts,
  damaged: Exit.damaged,
  bug: Exit.bug,
  interrupted: Exit.interrupted,
} as const;

export type ErrorCode = keyof typeof exitOf;

/** A failure that explains itself. */
export class CmgrError extends Error {
  readonly exit: ExitCode;

  /**
   * @param code Decides the exit code
   * @param message What happened and where; no final period
   * @param hint What to do next; no final period
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "CmgrError";
    this.exit = exitOf[code];
  }
}

export type Attempt<T> = { readonly value: T } | { readonly fault: CmgrError };

/** Any other error is thrown. */
export async function attempt<T>(act: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await act() };
  } catch (error) {
    if (error instanceof CmgrError) return { fault: error };
    throw error;
  }
}

/** Without a stack, for use inside a longer message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The error that a person is shown for whatever was thrown. */
export function asCmgrError(error: unknown): CmgrError {
  if (error instanceof CmgrError) return error;
  if (isSystemError(error)) {
    return new CmgrError(
      "failed",
      `The operating system refused: ${messageOf(error)}`,
      "Check the free space on that disk, and the owners and modes of ~/.cmgr and ~/sandboxes",
      { cause: error },
    );
  }
  return new CmgrError(
    "bug",
    `This is a bug in cmgr: ${messageOf(error)}`,
    "Please report it, with the command that you typed and the output of: cmgr version --json",
    { cause: error },
  );
}

/** A full disk, a folder of another user: nobody's bug, and Deno's message names it. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && /\(os error \d+\)/.test(error.message);
}
