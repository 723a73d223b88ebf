/**
 * A server that is started for a check, and the end of everything that it started.
 *
 * @module
 */
import { listProcesses, processesOf, tokenVariable } from "./process_tree.ts";

/** What to start. */
export interface ServerCommand {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** All its variables; nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

/** A server that runs. */
export interface ServerProcess {
  /** The process that was started; it leads a session of its own. */
  readonly pid: number;
  /** What its processes are known by. */
  readonly token: string;
  /** The process with its streams. */
  readonly child: Deno.ChildProcess;
  /** Why the process ended, once it has: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** The last lines that it wrote to standard error, so far. */
  readonly stderr: () => string[];
}

/** Lines of standard error that are kept. */
const keptLines = 12;

/** How long processes may take to end by themselves, in milliseconds: first asked, then told. */
const graceMs = 1_500;
const killMs = 5_000;

/**
 * Starts a server in a session of its own.
 *
 * Needs run permission for the program.
 *
 * @param command What to start
 */
export function startServer({ argv, env }: ServerCommand): ServerProcess {
  const token = crypto.randomUUID();
  const child = new Deno.Command(argv[0], {
    args: argv.slice(1),
    clearEnv: true,
    env: { ...env, [tokenVariable]: token },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const lines: string[] = [];
  collect(child.stderr, lines);
  return {
    pid: child.pid,
    token,
    child,
    ended: child.status.then(({ code, signal }) =>
      signal === null ? `exit code ${code}` : `signal ${signal}`
    ),
    stderr: () => lines.filter((line) => line.trim() !== "").slice(-keptLines),
  };
}

/**
 * Ends servers and everything that they started: SIGTERM, then SIGKILL to what is left.
 *
 * Needs run permission for `ps` and `kill`.
 *
 * @param servers The servers; their standard input should be closed already
 * @returns Ids of processes that are still there
 */
export async function endServers(servers: readonly ServerProcess[]): Promise<number[]> {
  const left = async () => {
    const all = await listProcesses();
    const pids = servers.flatMap(({ pid, token }) => [...processesOf(all, pid, token)]);
    return [...new Set(pids)].filter((pid) => pid !== Deno.pid);
  };
  if ((await waitForNone(left, graceMs)).length === 0) return [];
  await signal("TERM", await left());
  if ((await waitForNone(left, graceMs)).length === 0) return [];
  const end = performance.now() + killMs;
  let pids = await left();
  // Again and again, since what is killed may have started something meanwhile.
  while (pids.length > 0 && performance.now() < end) {
    await signal("KILL", pids);
    pids = await waitForNone(left, 200);
  }
  return pids;
}

async function waitForNone(
  left: () => Promise<number[]>,
  timeoutMs: number,
): Promise<number[]> {
  const end = performance.now() + timeoutMs;
  let pids = await left();
  while (pids.length > 0 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    pids = await left();
  }
  return pids;
}

async function signal(name: "TERM" | "KILL", pids: readonly number[]): Promise<void> {
  if (pids.length === 0) return;
  await new Deno.Command("kill", {
    args: ["-s", name, "--", ...pids.map(String)],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
}

/** Reads on to the end, since a server whose standard error is full stands still. */
async function collect(stream: ReadableStream<Uint8Array>, lines: string[]): Promise<void> {
  let rest = "";
  try {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const found = (rest + text).split("\n");
      rest = found.pop()!.slice(-2_000);
      lines.push(...found);
      lines.splice(0, lines.length - 4 * keptLines);
    }
  } catch {
    // It has ended; what was read stays.
  }
  if (rest !== "") lines.push(rest);
}
