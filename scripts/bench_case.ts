/**
 * One thing to measure, and the measuring of it: a whole process, from start to end.
 *
 * @module
 */

/** A command line in a home. */
export interface Case {
  /** What is measured: `list, 100 instances`. */
  readonly name: string;
  /** In which form: `own`, `portable`, `source`, or `floor` for the bare program. */
  readonly form: string;
  /** The program and its arguments, for the run of that number. */
  readonly command: (run: number) => readonly string[];
  /** The home it runs in. */
  readonly home: string;
  /** Prepares a run; not measured. */
  readonly before?: () => Promise<void>;
  /** Undoes what a run did; not measured. */
  readonly after?: (run: number) => Promise<void>;
}

/** What one run took. */
export interface Figure {
  /** Milliseconds. */
  readonly ms: number;
  /** Peak resident memory in MiB; `undefined` where no program measures it. */
  readonly mib: number | undefined;
}

const cache = await denoDir();
const clock = await whichTime();

/**
 * Runs a command to its end.
 *
 * @param command The program and its arguments
 * @param home Its home
 * @throws {Error} With what it said, when it fails
 */
export async function measure(command: readonly string[], home: string): Promise<Figure> {
  const [program, ...args] = clock ? [clock, "-f", "%M", ...command] : command;
  const start = performance.now();
  const { code, stderr } = await new Deno.Command(program, {
    args,
    clearEnv: true,
    env: { HOME: home, PATH: Deno.env.get("PATH") ?? "", DENO_DIR: cache },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const ms = performance.now() - start;
  const said = new TextDecoder().decode(stderr);
  if (code !== 0) throw new Error(`${command.join(" ")}: ${said}`);
  const kib = clock ? Number(said.trim().split("\n").at(-1)) : NaN;
  return { ms, mib: Number.isFinite(kib) ? kib / 1024 : undefined };
}

/**
 * Measures cases in turns, so that other load on the machine affects all alike.
 *
 * @param cases What to measure
 * @param runs How often; two more come first, to fill the system's caches
 * @returns The median of each
 */
export async function measureAll(cases: readonly Case[], runs: number): Promise<Figure[]> {
  const figures = cases.map((): Figure[] => []);
  for (let run = -2; run < runs; run++) {
    for (const [i, { command, home, before, after }] of cases.entries()) {
      await before?.();
      const figure = await measure(command(run + 2), home);
      await after?.(run + 2);
      if (run >= 0) figures[i].push(figure);
    }
  }
  return figures.map((all) => ({
    ms: median(all.map(({ ms }) => ms)),
    mib: all.every(({ mib }) => mib !== undefined) ? median(all.map(({ mib }) => mib!)) : undefined,
  }));
}

/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** GNU time measures the peak memory of a process; Debian's package `time` has it. */
async function whichTime(): Promise<string | undefined> {
  try {
    const { success } = await new Deno.Command("/usr/bin/time", {
      args: ["-f", "%M", "true"],
      stderr: "null",
    }).output();
    return success ? "/usr/bin/time" : undefined;
  } catch {
    return undefined;
  }
}

/** Deno's cache: a home of its own would otherwise mean a cache of its own. */
async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
