/** Variables and streams of the process. */
import { CmgrError } from "../errors.ts";
import { maxBytes } from "../system/read.ts";

export interface Io {
  readonly env: (name: string) => string | undefined;
  /** Standard output: results only. */
  readonly out: (text: string) => void;
  /** Standard error: everything else. */
  readonly err: (text: string) => void;
  readonly stdin: () => Promise<Uint8Array>;
  /** A line typed on the terminal; a hidden one is not shown while it is typed. */
  readonly line: (isHidden?: boolean) => Promise<string>;
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Size of the terminal on standard output; `undefined` without one. */
  readonly columns: () => number | undefined;
  readonly rows: () => number | undefined;
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
    line: (isHidden) => isHidden ? readHiddenLine() : readLine(),
    stdinIsTerminal: Deno.stdin.isTerminal(),
    stdoutIsTerminal: Deno.stdout.isTerminal(),
    stderrIsTerminal: Deno.stderr.isTerminal(),
    columns: terminalColumns,
    rows: () => Deno.stdout.isTerminal() ? terminalSize()?.rows || undefined : undefined,
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

async function readLine(): Promise<string> {
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(1024);
  let text = "";
  while (!text.includes("\n")) {
    const count = await Deno.stdin.read(bytes);
    if (count === null) break;
    text += decoder.decode(bytes.subarray(0, count), { stream: true });
  }
  return text.split("\n")[0];
}

/** @returns Nothing after Ctrl-C or Ctrl-D, which are plain bytes in raw mode */
async function readHiddenLine(): Promise<string> {
  const typed: number[] = [];
  const bytes = new Uint8Array(1024);
  Deno.stdin.setRaw(true);
  try {
    while (true) {
      const count = await Deno.stdin.read(bytes);
      if (count === null) return "";
      for (const byte of bytes.subarray(0, count)) {
        if (byte === 0x03 || byte === 0x04) return "";
        if (byte === 0x0a || byte === 0x0d) return new TextDecoder().decode(new Uint8Array(typed));
        if (byte === 0x7f || byte === 0x08) typed.pop();
        else typed.push(byte);
      }
    }
  } finally {
    Deno.stdin.setRaw(false);
    write(Deno.stderr, "\n");
  }
}

function terminalColumns(): number | undefined {
  if (!Deno.stdout.isTerminal()) return undefined;
  const given = Number(Deno.env.get("COLUMNS"));
  return Number.isInteger(given) && given > 0 ? given : terminalSize()?.columns || undefined;
}

/** Both are 0 when the terminal does not know its size. */
function terminalSize(): { columns: number; rows: number } | undefined {
  try {
    return Deno.consoleSize();
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
      // A non-blocking pipe is full: give its reader a moment.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
