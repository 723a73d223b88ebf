/**
 * The program's own edge: arguments, variables, streams.
 *
 * @module
 */

import { CmgrError } from "../errors.ts";
import { maxBytes } from "../system/read.ts";

/** What a run of the program reads from and writes to. */
export interface Io {
  /** Reads one environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Writes to standard output: results alone. */
  readonly out: (text: string) => void;
  /** Writes to standard error: everything else. */
  readonly err: (text: string) => void;
  /** Reads all of standard input. */
  readonly stdin: () => Promise<Uint8Array>;
  /** Whether standard input is a terminal. */
  readonly stdinIsTerminal: boolean;
  /** Whether standard output is a terminal. */
  readonly stdoutIsTerminal: boolean;
  /** Whether standard error is a terminal. */
  readonly stderrIsTerminal: boolean;
  /** Characters in a line of the terminal on standard output; `undefined` without one. */
  readonly columns: () => number | undefined;
}

/** Thrown when whoever read standard output has gone: nothing is left to say to anyone. */
export class ReaderGone extends Error {}

/**
 * The real edge.
 *
 * Needs env permission for the variables that are asked for.
 */
export function processIo(): Io {
  return {
    env: (name) => Deno.env.get(name),
    out: (text) => write(Deno.stdout, text),
    err: (text) => {
      try {
        write(Deno.stderr, text);
      } catch (error) {
        // A closed standard error must not turn success into failure.
        if (!(error instanceof ReaderGone)) throw error;
      }
    },
    stdin: readStdin,
    stdinIsTerminal: Deno.stdin.isTerminal(),
    stdoutIsTerminal: Deno.stdout.isTerminal(),
    stderrIsTerminal: Deno.stderr.isTerminal(),
    columns: terminalColumns,
  };
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of Deno.stdin.readable) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) {
      throw new CmgrError("usage", "Standard input is larger than 32 MB", "Check what is piped in");
    }
  }
  return await new Blob(chunks).bytes();
}

function terminalColumns(): number | undefined {
  if (!Deno.stdout.isTerminal()) return undefined;
  const given = Number(Deno.env.get("COLUMNS"));
  if (Number.isInteger(given) && given > 0) return given;
  try {
    // A terminal that has not been told its size says 0.
    return Deno.consoleSize().columns || undefined;
  } catch {
    return undefined;
  }
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) {
    try {
      done += stream.writeSync(bytes.subarray(done));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw new ReaderGone();
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      // A pipe that somebody made non-blocking is full: give its reader a moment.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
