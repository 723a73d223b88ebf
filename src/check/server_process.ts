/** Starts a server for a check, and ends everything that it started. */
import type { Paths } from "../paths.ts";
import { processTable } from "../processes/list.ts";
import { processesOf } from "../processes/ownership.ts";
import type { Identity, Process, ProcessTable } from "../processes/process.ts";
import { checkVariable } from "../processes/tags.ts";
import { endProcesses } from "../processes/terminate.ts";
import { start } from "../system/run.ts";

export interface ServerCommand {
  readonly argv: readonly string[];
  /** All its variables; nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ServerProcess {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  /** `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** `undefined` while it runs. */
  readonly howEnded: () => string | undefined;
  /** The first and the last lines that it wrote to standard error, so far. */
  readonly stderr: () => readonly string[];
  /** Those of standard output that are not messages. */
  readonly strayOutput: () => readonly string[];
  /** Its processes, wherever they went. */
  readonly processesIn: (table: ProcessTable) => Process[];
}

/** How many lines of a stream are kept from its beginning, and as many from its end. */
const keptLines = 60;

/** How long processes may take to end by themselves, and again after SIGTERM, in milliseconds. */
const graceMs = 1_500;

/** Starts a server in a session of its own. */
export function startServer({ argv, env }: ServerCommand): ServerProcess {
  const token = crypto.randomUUID();
  const child = start(argv[0], argv.slice(1), {
    env: { LANG: undefined, ...env, [checkVariable]: token },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  });
  const errors = keepLines(child.stderr);
  // Read twice: as messages, and for lines that are not messages.
  const [stdout, copy] = child.stdout.tee();
  const output = keepLines(copy, (line) => !/^\s*\{/.test(line));
  const tags = [`${checkVariable}=${token}`];
  let known: readonly Identity[] = [];
  let how: string | undefined;
  return {
    stdin: child.stdin,
    stdout,
    ended: child.status.then(({ code, signal }) => {
      return how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    }),
    howEnded: () => how,
    stderr: () => errors,
    strayOutput: () => output,
    processesIn: (table) => {
      const process = table.processes.get(child.pid);
      // Until its end is known, its pid is given to no other.
      const own = process?.parent === Deno.pid && how === undefined ? [process] : [];
      const found = processesOf(table, { tags, known: [...known, ...own], leader: child.pid });
      known = found;
      return found;
    },
  };
}

/**
 * Ends servers and everything that they started: SIGTERM, then SIGKILL to what is left.
 *
 * @param servers Their standard input should be closed
 * @returns Ids of processes that are still there
 */
export async function endServers(
  paths: Paths,
  servers: readonly ServerProcess[],
): Promise<number[]> {
  if (servers.length === 0) return [];
  const find = async () => {
    const table = await processTable(paths);
    return [...new Set(servers.flatMap(({ processesIn }) => processesIn(table)))];
  };
  return (await endProcesses(find, graceMs)).map(({ pid }) => pid);
}

/** Reads to the end, since a server whose standard error is full stands still. */
function keepLines(
  stream: ReadableStream<Uint8Array>,
  isKept = (_line: string) => true,
): readonly string[] {
  const lines: string[] = [];
  const read = async () => {
    for await (const line of linesOf(stream, { longest: 2_000 })) {
      if (line.trim() === "" || !isKept(line)) continue;
      lines.push(line);
      if (lines.length > 2 * keptLines) lines.splice(keptLines, 1);
    }
  };
  // After an error, the lines before it stay.
  read().catch(() => {});
  return lines;
}

/** @param options How many characters of a line are kept until its end arrives */
export async function* linesOf(
  stream: ReadableStream<Uint8Array>,
  { longest, signal }: { readonly longest?: number; readonly signal?: AbortSignal },
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream(), { signal })) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!.slice(0, longest);
    yield* lines;
  }
  yield rest;
}
