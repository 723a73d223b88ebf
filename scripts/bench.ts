/**
 * `deno task bench [--runs N]`: how long cmgr takes to start, in its three forms, against a program
 * that prints one line and was compiled the same way. Runs are interleaved, so that whatever else
 * the machine does falls on all alike; what counts is the median.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { flags } from "../src/permissions.ts";
import { compile } from "./compile.ts";
import { denoDir, project } from "./packages.ts";
import { stage } from "./stage.ts";
import { targetNamed } from "./targets.ts";

interface Candidate {
  readonly name: string;
  readonly command: readonly string[];
}

async function measure({ command: [program, ...args] }: Candidate, home: string): Promise<number> {
  const start = performance.now();
  const { code, stderr } = await new Deno.Command(program, {
    args,
    clearEnv: true,
    env: { HOME: home, PATH: Deno.env.get("PATH") ?? "", DENO_DIR: await cache },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return performance.now() - start;
}

const cache = denoDir();

/** The binaries: cmgr for one home, cmgr for any, and one line printed. */
async function prepare(folder: string, home: string): Promise<Candidate[]> {
  const target = targetNamed(Deno.build.target);
  const place = (name: string) => join(folder, `${name}${target.suffix}`);
  const [own, portable, bare] = ["own", "portable", "bare"].map(place);
  {
    await using staged = await stage(null);
    await compile(staged, { target, home, output: own });
    await compile(staged, { target, home: undefined, output: portable });
    await Deno.writeTextFile(join(staged.sources, "main.ts"), 'console.log("cmgr");\n');
    await compile(staged, { target, home, output: bare });
  }
  const source = [Deno.execPath(), "run", "-q", "--cached-only", ...flags(home)];
  const forms: [string, readonly string[]][] = [
    ["from source", [...source, join(project, "main.ts")]],
    ["compiled for one home", [own]],
    ["portable", [portable]],
  ];
  return [
    { name: "console.log, compiled", command: [bare] },
    ...["version", "list"].flatMap((command) =>
      forms.map(([form, program]) => ({
        name: `${command}, ${form}`,
        command: [...program, command],
      }))
    ),
  ];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { runs: { type: "string", default: "25" } } });
  const runs = Number(values.runs);
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "cmgr-bench-" }));
  try {
    const home = join(folder, "home");
    await Deno.mkdir(home);
    const candidates = await prepare(folder, home);
    const create = { name: "", command: [...candidates[2].command.slice(0, 1), "create", "work"] };
    await measure(create, home);
    const times = candidates.map((): number[] => []);
    for (let run = -2; run < runs; run++) {
      for (const [i, candidate] of candidates.entries()) {
        const took = await measure(candidate, home);
        // The first two fill the system's caches.
        if (run >= 0) times[i].push(took);
      }
    }
    console.log(`Median of ${runs} interleaved runs, in milliseconds (fastest to slowest)`);
    for (const [i, { name }] of candidates.entries()) {
      const [fastest, slowest] = [Math.min(...times[i]), Math.max(...times[i])];
      const figures = `${median(times[i]).toFixed(0).padStart(5)}  (${fastest.toFixed(0)} to ${
        slowest.toFixed(0)
      })`;
      console.log(`${name.padEnd(32)} ${figures}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
