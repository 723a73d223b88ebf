/**
 * Runs other programs. Children get a cleared environment with named variables: otherwise the
 * runtime refuses to start anything while `LD_*` or `DYLD_*` is set.
 */
import { CmgrError, messageOf } from "../errors.ts";

export interface ChildOptions {
  /**
   * Variables in addition to {@linkcode everyChild}; those that are `undefined` are left out, and
   * so are `LD_*` and `DYLD_*`, which the runtime refuses.
   */
  readonly env?: Variables;
  readonly cwd?: string;
  /** Passes all variables on, which fails while `LD_*` or `DYLD_*` is set. */
  readonly passAll?: boolean;
}

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** As in {@linkcode ChildOptions}. */
  readonly env: Variables;
}

export interface RunOptions extends ChildOptions {
  /** Otherwise standard error is discarded. */
  readonly readErrors?: true;
  /** Reads no output: what the child starts may keep its streams open. */
  readonly readNothing?: true;
  /** In milliseconds; 60 seconds by default. */
  readonly timeoutMs?: number;
  /** Starts a new session: an interactive shell would take over the terminal. */
  readonly detached?: true;
}

interface RunResult {
  /** 128 and more for a signal. */
  readonly code: number;
  readonly stdout: string;
  /** Empty unless `readErrors` was set. */
  readonly stderr: string;
}

const packages: Readonly<Record<string, string>> = {
  bwrap: "bubblewrap",
  kill: "procps",
  lsof: "lsof",
  "notify-send": "libnotify-bin",
  ps: "procps",
  ss: "iproute2",
};

/** PowerShell needs the rest to load its own modules. */
const everyChild = Deno.build.os === "windows"
  ? ["PATH", "USERPROFILE", "SYSTEMROOT", "COMSPEC", "PATHEXT", "TEMP", "TMP"]
  : ["PATH", "HOME", "LANG"];

/** Of one stream. */
const maxBytes = 32 * 1024 * 1024;

/**
 * The caller owns the streams.
 *
 * @throws {CmgrError} `failed`
 */
export function start(
  program: string,
  args: readonly string[],
  options: ChildOptions & Pick<Deno.CommandOptions, "stdin" | "stdout" | "stderr" | "detached">,
): Deno.ChildProcess {
  const { env, passAll = false, ...others } = options;
  const variables = { ...Object.fromEntries(everyChild.map((n) => [n, Deno.env.get(n)])), ...env };
  const given = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined || isLoaderVariable(name) ? [] : [[name, value] as const]
  );
  try {
    return new Deno.Command(program, {
      stdin: "null",
      ...others,
      args: [...args],
      // It reads its line by rules of its own: see command_prompt.ts.
      windowsRawArguments: program === "cmd",
      clearEnv: !passAll,
      env: Object.fromEntries(given),
    }).spawn();
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    const message = isMissing
      ? `${program} is not installed, or not on the PATH`
      : `${program} could not be started: ${messageOf(error)}`;
    const owner = isMissing ? packages[program] : undefined;
    const hint = owner && `Install it (package ${owner} on Debian and Ubuntu)`;
    throw new CmgrError("failed", message, hint, { cause: error });
  }
}

/**
 * Runs a program to its end, without standard input, and returns whatever its exit code is. A child
 * that takes too long or prints too much is killed.
 *
 * @throws {CmgrError} `failed`
 */
export async function run(
  program: string,
  args: readonly string[],
  { readErrors, readNothing, timeoutMs = 60_000, ...options }: RunOptions = {},
): Promise<RunResult> {
  const child = start(program, args, {
    ...options,
    stdout: readNothing ? "null" : "piped",
    stderr: readErrors ? "piped" : "null",
  });
  const stop = new AbortController();
  const timer = setTimeout(
    () => stop.abort(`did not end within ${timeoutMs / 1_000} seconds`),
    timeoutMs,
  );
  stop.signal.addEventListener("abort", () => kill(child));
  try {
    const [{ code }, stdout, stderr] = await Promise.all([
      child.status,
      readNothing ? "" : readAll(child.stdout, stop),
      readErrors ? readAll(child.stderr, stop) : "",
    ]);
    if (!stop.signal.aborted) return { code, stdout, stderr };
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  await child.status;
  throw new CmgrError("failed", `${program} ${stop.signal.reason}`);
}

/** Variables of the dynamic linker: Deno starts no child with one. */
export function isLoaderVariable(name: string): boolean {
  return /^(LD|DYLD)_/i.test(name);
}

async function readAll(
  stream: ReadableStream<Uint8Array>,
  stop: AbortController,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  const sink = new WritableStream<Uint8Array>({
    write(piece) {
      bytes += piece.length;
      if (bytes > maxBytes) stop.abort(`printed more than ${maxBytes / 1024 / 1024} MB`);
      text += decoder.decode(piece, { stream: true });
    },
  });
  await stream.pipeTo(sink, { signal: stop.signal });
  return text + decoder.decode();
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
