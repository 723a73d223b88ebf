/// <reference types="./commander.d.ts" />
/** What a command is, and what it may use. */
import type { Context } from "../context.ts";
import type { ExitCode } from "../errors.ts";
import type { Io } from "../terminal/streams.ts";

export interface Session {
  readonly io: Io;
  /** Whether `--json` was given. */
  readonly isJson: boolean;
  /** Finds the home and reads the settings. Both can be invalid: call it only when needed. */
  readonly context: (options?: { readonly withoutSettings?: boolean }) => Promise<Context>;
  /** Shows a message on standard error. */
  readonly notice: (message: string) => void;
  /** Shows a result on standard output. */
  readonly show: (result: CommandResult) => void;
  /** Sets the exit code when nothing is thrown. */
  readonly exitWith: (code: ExitCode) => void;
}

export interface CommandResult {
  /** The documented object, for `--json`. */
  readonly json?: unknown;
  readonly text: string;
  /** Whether the text is for a shell or another program: a pipe then gets it unchanged. */
  readonly isScript?: boolean;
}

export interface CommandEntry {
  /** What the command does, in one line. */
  readonly summary: string;
  /** Names that other programs use for it. */
  readonly aliases?: readonly string[];
  /** Whether help and completions leave it out. */
  readonly hidden?: true;
  readonly load: () => Promise<CommandModule>;
}

/** All commands by name, in the order in which help lists them. */
export type CommandTable = ReadonlyMap<string, CommandEntry>;

export interface CommandModule {
  /** Adds arguments, options and action to the command of the table. */
  readonly define: (command: CliCommand, session: Session) => void;
  /** Help below the options: remarks and examples. */
  readonly notes: string;
}
