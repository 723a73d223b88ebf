/** Variables and streams of the process; tests replace them. */
import { CmgrError } from "../errors.ts";
import { maxBytes } from "../system/read.ts";

export interface Io {
  readonly env: (name: string) => string | undefined;
  /** Standard output: results only. */
  readonly out: (text: string) => void;
  /** Standard error: everything else. */
  readonly err: (text: string) => void;
  readonly stdin: () => Promise<Uint8Array>;
  /** Asks on the terminal and reads a line; `isHidden` does not show what is typed. */
  readonly ask: (question: string, isHidden?: boolean) => string;
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Width of the terminal on standard output; `undefined` without one. */
  readonly columns: () => number | undefined;
}

/** Thrown when the reader of standard output has closed it. */
export class ReaderGone extends Error {}

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
    ask,
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

/** @throws {CmgrError} `failed`, for Ctrl-C where the terminal hands it on, and for an end without a line */
function ask(question: string, isHidden = false): string {
  write(Deno.stderr, question);
  const bytes: number[] = [];
  const piece = new Uint8Array(1);
  if (isHidden) Deno.stdin.setRaw(true);
  try {
    while (Deno.stdin.readSync(piece) !== null) {
      const [byte] = piece;
      if (byte === 0x0a || byte === 0x0d) return new TextDecoder().decode(new Uint8Array(bytes));
      if (isHidden && (byte === 0x03 || byte === 0x04)) break;
      if (isHidden && (byte === 0x7f || byte === 0x08)) bytes.pop();
      else bytes.push(byte);
    }
  } finally {
    if (isHidden) Deno.stdin.setRaw(false);
    if (isHidden) write(Deno.stderr, "\n");
  }
  throw new CmgrError("failed", "Nothing was answered", "Nothing was changed");
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
