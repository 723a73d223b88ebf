/**
 * Drives the program, each time from a home of its own: within the test's process, or as a process
 * in the form that `form.ts` chooses.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import type { ExitCode } from "../../src/errors.ts";
import { denoDir, type Place, sourceArgv, takePlace, variablesOnWindows } from "./form.ts";
import { type InProcessOptions, runInProcess } from "./in_process.ts";
import { fromWindows, isWindows, toWindows } from "./windows.ts";

/** How long a run may take, in milliseconds. */
const limitMs = 120_000;

/** How a run ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run is given. */
export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** How long it may take, in milliseconds; two minutes by default. */
  readonly limitMs?: number;
  /** A command line that the program is run by: `["bwrap", "--unshare-net"]`. */
  readonly by?: readonly string[];
  /** Whether `by` names the program itself too. */
  readonly bare?: true;
}

/** A way to run cmgr, which can be given so much. */
abstract class Runner<Options> {
  /** Runs cmgr to its end. */
  abstract run(args: readonly string[], options?: Options): Promise<Ran>;

  /** Runs cmgr, which must succeed, and gives its standard output. */
  async ok(...args: string[]): Promise<string> {
    return succeeded(await this.run(args), args).stdout;
  }

  /** Runs cmgr with `--json`, which must succeed, and gives the object. */
  // deno-lint-ignore no-explicit-any
  async json(...args: string[]): Promise<any> {
    return JSON.parse(await this.ok(...args, "--json"));
  }

  /** Runs cmgr, which must fail with this code, say something on stderr and nothing on stdout. */
  async fails(exit: ExitCode, args: readonly string[], options?: Options): Promise<string> {
    const ran = await this.run(args, options);
    assert.equal(ran.code, exit, `cmgr ${args.join(" ")}: ${ran.stderr}${ran.stdout}`);
    assert.equal(ran.stdout, "");
    // On a slow machine it has said what it is doing before.
    assert.match(ran.stderr, /^([A-Z][a-z]+ing .*\n)*error: \S.*/);
    assert.doesNotMatch(ran.stderr, /\n\s+at /, "no stack trace is shown");
    return ran.stderr;
  }
}

/** A home in which cmgr runs, gone at the end of the test. */
export class Home extends Runner<InProcessOptions> implements AsyncDisposable {
  /** The home's own path, without symbolic links. */
  readonly path: string;
  /** The same home, with a process for each run: for what starts, waits or listens to signals. */
  readonly program: Runner<RunOptions>;

  private constructor(private readonly place: Place) {
    super();
    this.path = place.home;
    this.program = new Program(this);
  }

  /**
   * Makes a home whose ranges lie where no other test looks.
   *
   * @param settings What `config.jsonc` says beside `basePort`; `null` for no file at all
   */
  static async create(settings: Record<string, unknown> | null = {}): Promise<Home> {
    const home = new Home(await takePlace());
    if (settings !== null) {
      await home.write(
        ".cmgr/config.jsonc",
        JSON.stringify({ basePort: somewhere(), ...settings }),
      );
    }
    return home;
  }

  /** A path below the home. */
  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** The same path, as the program shows it. */
  shown(...parts: string[]): string {
    return toWindows(this.at(...parts));
  }

  /**
   * Reads a file.
   *
   * @param path Below the home, or as the program has shown it
   */
  async read(path: string): Promise<string> {
    return await Deno.readTextFile(this.here(path));
  }

  /** The mode of a file, as {@linkcode read}. Windows has none: its files count as the user's. */
  async modeOf(path: string): Promise<number> {
    const { mode, isDirectory } = await Deno.lstat(this.here(path));
    if (isWindows) return isDirectory ? 0o700 : 0o600;
    return (mode ?? 0) & 0o7777;
  }

  private here(path: string): string {
    return resolve(this.path, fromWindows(path));
  }

  /** Reads a JSON file below the home. */
  // deno-lint-ignore no-explicit-any
  async readJson(path: string): Promise<any> {
    return JSON.parse(await this.read(path));
  }

  /** Writes a file below the home, with the folders above it. */
  async write(path: string, content: string, mode = 0o600): Promise<void> {
    await Deno.mkdir(join(this.at(path), ".."), { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(this.at(path), content, { mode });
  }

  /** The `claude_desktop_config.json` of an instance, as a path below the home. */
  config(instance: string): string {
    return `sandboxes/${instance}/.config/Claude/claude_desktop_config.json`;
  }

  /** First port of this home's first range. */
  async basePort(): Promise<number> {
    return (await this.readJson(".cmgr/config.jsonc")).basePort;
  }

  /** Starts cmgr and leaves it running. */
  spawn(args: readonly string[], options: RunOptions = {}): Deno.ChildProcess {
    return this.command(args, options).spawn();
  }

  /**
   * Runs cmgr to its end: where a binary is tested, as {@linkcode process} does. Only in this
   * process can a terminal be made up.
   */
  async run(args: readonly string[], options: InProcessOptions = {}): Promise<Ran> {
    assert.ok(!(this.place.guest && options.isTerminal), "no terminal can be made up there");
    return await (this.place.binary && !options.isTerminal
      ? this.process(args, options)
      : runInProcess(this, args, options));
  }

  /** Runs cmgr to its end, in a process of its own. */
  async process(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const child = this.spawn(args, options);
    // Nothing that a test starts outlives it, even after a failure.
    const limit = setTimeout(() => child.kill("SIGKILL"), options.limitMs ?? limitMs);
    const writer = child.stdin.getWriter();
    const input = typeof options.stdin === "string"
      ? new TextEncoder().encode(options.stdin)
      : options.stdin;
    // The program may end without reading: that is its business, not a failure of the test.
    const fed = (input ? writer.write(input) : Promise.resolve()).then(() => writer.close())
      .catch(() => {});
    const { code, stdout, stderr } = await child.output();
    clearTimeout(limit);
    await fed;
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: decode(stdout), stderr: decode(stderr) };
  }

  /** Every path below the home, with its mode and content, to be compared. */
  async snapshot(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    const walk = async (folder: string) => {
      for await (const entry of Deno.readDir(this.at(folder))) {
        const path = folder ? `${folder}/${entry.name}` : entry.name;
        // The lock is a place to wait at; it holds no state.
        if (path === ".cmgr/lock" || path === ".cmgr/lock.holder") continue;
        const head = `${(await this.modeOf(path)).toString(8)} `;
        if (entry.isDirectory) {
          found[`${path}/`] = head;
          await walk(path);
        } else found[path] = head + (entry.isFile ? await this.read(path) : "");
      }
    };
    await walk("");
    return found;
  }

  /** Deletes the home. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.place.leave();
  }

  /** Program and first arguments of every run, for those who start it by other means. */
  argv(): string[] {
    return [...this.place.binary ?? sourceArgv(this.path)];
  }

  /** Variables of every run. */
  environment(): Record<string, string> {
    return this.place.guest?.environment ??
      { PATH: Deno.env.get("PATH") ?? "", HOME: this.path, DENO_DIR: denoDir };
  }

  /** Variables with this cmgr on the PATH, for shells and scripts. */
  async onPath(): Promise<Record<string, string>> {
    const words = this.argv().map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    await this.write("bin/cmgr", `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, 0o700);
    const variables = this.environment();
    // Without it fish hands on a variable with a letter beyond ASCII as another one.
    return { ...variables, LC_ALL: "C.UTF-8", PATH: `${this.at("bin")}:${variables.PATH}` };
  }

  private command(args: readonly string[], options: RunOptions): Deno.Command {
    const { guest } = this.place;
    const own = guest && options.env ? guest.withVariables(options.env) : this.argv();
    const [program, ...rest] = [...(options.by ?? []), ...(options.bare ? [] : own), ...args];
    return new Deno.Command(program, {
      args: rest,
      cwd: options.cwd ?? this.path,
      clearEnv: true,
      env: { ...this.environment(), ...variablesOnWindows(this.path), ...options.env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
  }
}

/** Runs cmgr in a home, each time in a process of its own. */
class Program extends Runner<RunOptions> {
  constructor(private readonly home: Home) {
    super();
  }

  async run(args: readonly string[], options?: RunOptions): Promise<Ran> {
    return await this.home.process(args, options);
  }
}

/** Checks that a run succeeded. */
export function succeeded(ran: Ran, args: readonly string[] = []): Ran {
  assert.equal(ran.code, 0, `cmgr ${args.join(" ")}: ${ran.stderr}${ran.stdout}`);
  return ran;
}

/** A base below the ports that systems hand out for outgoing connections. */
function somewhere(): number {
  return 10_000 + 100 * Math.floor(Math.random() * 150);
}
