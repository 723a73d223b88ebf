/// <reference types="./commander.d.ts" />
/** What a command is, and what it may use. */
import type { Context } from "../context.ts";
import type { ExitCode } from "../errors.ts";
import type { Io } from "../terminal/streams.ts";

/** How a context is opened. */
export interface ContextOptions {
  /** Does not read the settings file, for when it is invalid. */
  readonly withoutSettings?: boolean;
}

/** What a command is given to work with. */
export interface Session {
  /** The program's edge. */
  readonly io: Io;
  /** Finds home and settings. Both can be invalid, so call it only when they are needed. */
  readonly context: (options?: ContextOptions) => Promise<Context>;
  /** Says something to the person, on standard error. */
  readonly notice: (message: string) => void;
  /** Shows a result: the object with `--json`, else the text. */
  readonly show: (result: Shown) => void;
  /** Sets the exit code when nothing is thrown. */
  readonly exitWith: (code: ExitCode) => void;
}

/** A result in both forms. */
export interface Shown {
  /** Whether `--json` was given. */
  readonly asJson: boolean | undefined;
  /** The documented object. */
  readonly json: unknown;
  /** What a person reads. */
  readonly text: string;
  /** Whether the text is for a shell or another program: a pipe then gets it unchanged. */
  readonly isScript?: boolean;
}

/** One line of the command table. */
export interface CommandEntry {
  /** What the command does, in one line. */
  readonly summary: string;
  /** Names that other programs use for it. */
  readonly aliases?: readonly string[];
  /** Whether help and completions leave it out. */
  readonly hidden?: true;
  /** Loads its module. */
  readonly load: () => Promise<CommandModule>;
}

/** All commands by name, in the order in which help lists them. */
export type CommandTable = ReadonlyMap<string, CommandEntry>;

/** One command's own module. */
export interface CommandModule {
  /** Adds arguments, options, help and action to the command of the table. */
  readonly define: (command: CliCommand, session: Session) => void;
}
