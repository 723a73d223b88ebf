/** A server that is started for a check, and the end of everything that it started. */
import type { Paths } from "../paths.ts";
import type { Identity } from "../processes/identity.ts";
import { processTable } from "../processes/list.ts";
import { processesOf } from "../processes/ownership.ts";
import type { Process, ProcessTable } from "../processes/process.ts";
import { checkVariable } from "../processes/tags.ts";
import { endProcesses } from "../processes/terminate.ts";
import { start } from "../system/run.ts";

/** What to start. */
export interface ServerCommand {
  readonly argv: readonly string[];
  /** All its variables; nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

/** A server that runs. */
export interface ServerProcess {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  /** Why the process ended, once it has: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** The same; `undefined` while it runs. */
  readonly howEnded: () => string | undefined;
  /** The first and the last lines that it wrote to standard error, so far. */
  readonly stderr: () => readonly string[];
  /** Those of standard output that are no messages. */
  readonly strayOutput: () => readonly string[];
  /** Its processes, wherever they went. */
  readonly processesIn: (table: ProcessTable) => Process[];
}

/** Lines of a stream that are kept from its beginning, and from its end. */
const keptLines = 60;

/** How long processes may take to end by themselves, in milliseconds: first unasked, then asked. */
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
 * @param servers Their standard input should be closed already
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

/** Reads on to the end, since a server whose standard error is full stands still. */
function keepLines(
  stream: ReadableStream<Uint8Array>,
  isKept = (_line: string) => true,
): readonly string[] {
  const lines: string[] = [];
  const keep = (found: readonly string[]) => {
    lines.push(...found.filter((line) => line.trim() !== "" && isKept(line)));
    if (lines.length > 2 * keptLines) lines.splice(keptLines, lines.length - 2 * keptLines);
  };
  const read = async () => {
    let rest = "";
    try {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        const found = (rest + text).split("\n");
        rest = found.pop()!.slice(0, 2_000);
        keep(found);
      }
    } catch {
      // It has ended; what was read stays.
    }
    keep([rest]);
  };
  read();
  return lines;
}
