/**
 * `deno task bench [--runs N] [--creates N] [--json FILE]`: what each command takes as a whole process, in its
 * three forms, against a program that prints one line and was compiled the same way. Prints a
 * table; writes the figures to `dist/bench.json`.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { pathsIn } from "../src/paths.ts";
import { findBusy } from "../src/ports/probe.ts";
import { type Case, type Figure, measureAll, median } from "./bench_case.ts";
import { type BenchHome, cmgr, fill, prepareHomes, startOne, writeServers } from "./bench_homes.ts";
import { project } from "./project.ts";

/** A command that is measured. */
interface Row {
  readonly name: string;
  readonly home: string;
  readonly args: (run: number, form: string) => string[];
  /** Prepares each run. */
  readonly before?: (home: BenchHome) => Promise<void>;
  /** Undoes each run. */
  readonly after?: (home: BenchHome, run: number, form: string) => Promise<void>;
  /** The ratio to the floor that it should not exceed, for one home and portable. */
  readonly targets?: readonly number[];
}

/** For commands that only read, on one instance. */
const reading: readonly number[] = [1.35, 2.0];

const counts = ["1", "100", "500"];

const rows: readonly Row[] = [
  { name: "version", home: "1", args: () => ["version"] },
  { name: "--help", home: "1", args: () => ["--help"] },
  ...[...counts, "running"].flatMap((home): Row[] => [
    {
      name: home === "running" ? "list, 1 running instance" : `list, ${home} instances`,
      home,
      args: () => ["list"],
      ...(isOne(home) && { targets: reading }),
    },
    {
      name: home === "running" ? "status of a running one" : `status of one of ${home}`,
      home,
      args: () => ["status", "instance-0"],
      ...(isOne(home) && { targets: reading }),
    },
  ]),
  { name: "list --long, 500 instances", home: "500", args: () => ["list", "--long"] },
  { name: "ports of one", home: "1", args: () => ["ports", "instance-0"] },
  {
    name: "mcp --ports, 6 servers",
    home: "servers",
    args: () => ["mcp", "six", "--ports"],
    targets: [2.0],
  },
  {
    name: "mcp --ports, 60 servers",
    home: "servers",
    args: () => ["mcp", "sixty", "--ports"],
    targets: [2.0],
  },
  {
    name: "create",
    home: "create",
    args: (run, form) => ["create", `${form}-${run}`],
    after: (home, run, form) => cmgr(home, "remove", `${form}-${run}`, "--yes", "--purge"),
    targets: [2.5],
  },
];

function isOne(home: string): boolean {
  return home === "1" || home === "running";
}

/**
 * Creates a second, one after the other and at once: half of the former before, half after, since
 * each takes longer the more instances there are. The round with the middle ratio of three.
 */
async function concurrency(home: BenchHome, count: number): Promise<[number, number]> {
  const rounds: [number, number][] = [];
  for (let round = 0; round < 3; round++) {
    const { state, sandboxes } = pathsIn(home.path);
    for (const folder of [state, sandboxes]) {
      await Deno.remove(folder, { recursive: true }).catch(() => {});
    }
    const before = await timeOf(() => inTurn(home, "before", count / 2));
    const atOnce = await timeOf(() => allAtOnce(home, count));
    const after = await timeOf(() => inTurn(home, "after", count / 2));
    rounds.push([count / (before + after), count / atOnce]);
  }
  return rounds.sort((a, b) => a[1] / a[0] - b[1] / b[0])[1];
}

async function inTurn(home: BenchHome, name: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await cmgr(home, "create", `${name}-${i}`);
}

async function allAtOnce(home: BenchHome, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, i) => `at-once-${i}`);
  const ends = await Promise.allSettled(names.map((name) => cmgr(home, "create", name)));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** Seconds. */
async function timeOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Milliseconds to probe the ports of a range, when they are free and when all are taken. */
async function probeTimes(): Promise<{ free: number; taken: number }> {
  const range = await freeRange();
  const free = await probeTime(range);
  const listeners = range.map((port) => Deno.listen({ hostname: "127.0.0.1", port }));
  try {
    return { free, taken: await probeTime(range) };
  } finally {
    for (const listener of listeners) listener.close();
  }
}

async function freeRange(): Promise<number[]> {
  for (let base = 20_000; base < 60_000; base += 100) {
    const ports = Array.from({ length: 100 }, (_, i) => base + i);
    if ((await findBusy(ports)).size === 0) return ports;
  }
  throw new Error("No 100 ports in a row are free");
}

async function probeTime(ports: readonly number[]): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    await findBusy(ports);
    times.push(performance.now() - start);
  }
  return median(times);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "25" },
      creates: { type: "string", default: "100" },
      json: { type: "string", default: join(project, "dist", "bench.json") },
    },
  });
  const runs = Number(values.runs);
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "cmgr-bench-" }));
  try {
    const names = [...counts, "running", "servers", "create", "crowd"];
    const { homes, floor } = await prepareHomes(folder, names);
    for (const count of counts) await fill(homes.get(count)!, Number(count));
    await fill(homes.get("running")!, 1);
    await startOne(homes.get("running")!);
    for (const [name, count] of [["six", 6], ["sixty", 60]] as const) {
      await cmgr(homes.get("servers")!, "create", name);
      await writeServers(homes.get("servers")!, name, count);
    }
    const cases: Case[] = [{ name: "floor", form: "floor", command: () => [floor], home: folder }];
    for (const { name, home: homeName, args, before, after } of rows) {
      const home = homes.get(homeName)!;
      for (const [form, program] of home.forms) {
        cases.push({
          name,
          form,
          home: home.path,
          command: (run) => [...program, ...args(run, form)],
          before: before && (() => before(home)),
          after: after && ((run) => after(home, run, form)),
        });
      }
    }
    const figures = await measureAll(cases, runs).finally(() =>
      cmgr(homes.get("running")!, "stop", "instance-0", "--timeout", "1")
    );
    report(cases, figures, runs);
    const creates = Number(values.creates);
    const [sequential, concurrent] = await concurrency(homes.get("crowd")!, creates);
    const probe = await probeTimes();
    console.log(`
- ${creates} creates: ${sequential.toFixed(1)} a second one after the other, ${
      concurrent.toFixed(1)
    } at once (${(concurrent / sequential).toFixed(2)})
- Probing the 100 ports of a range: ${probe.free.toFixed(1)} ms when they are free, ${
      probe.taken.toFixed(1)
    } ms when all are taken`);
    await Deno.mkdir(dirname(values.json), { recursive: true });
    await Deno.writeTextFile(
      values.json,
      `${
        JSON.stringify(
          {
            runs,
            cases: cases.map(({ name, form }, i) => ({ name, form, ...figures[i] })),
            creates: { sequential, concurrent },
            probeMs: probe,
          },
          undefined,
          2,
        )
      }\n`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Medians in milliseconds with their ratio to the floor, and peak memory of the own binary. */
function report(cases: readonly Case[], figures: readonly Figure[], runs: number): void {
  const floor = figures[0];
  console.log(
    `Medians of ${runs} interleaved runs; the floor, a compiled console.log: ${
      floor.ms.toFixed(1)
    } ms, ${floor.mib?.toFixed(0) ?? "?"} MiB\n`,
  );
  const figure = (name: string, form: string) =>
    figures[cases.findIndex((one) => one.name === name && one.form === form)];
  console.log(
    "| Command | For one home | Portable | Targets | From source | Peak memory, one home |",
  );
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const { name, targets = [] } of rows) {
    const cell = ({ ms }: Figure) => `${ms.toFixed(1)} ms (${(ms / floor.ms).toFixed(2)})`;
    const [own, portable, source] = ["own", "portable", "source"].map((form) => figure(name, form));
    const goals = targets.map((target) => target.toFixed(2)).join(", ") || "-";
    console.log(
      `| ${name} | ${cell(own)} | ${cell(portable)} | ${goals} | ${cell(source)} | ${
        own.mib?.toFixed(0) ?? "-"
      } MiB |`,
    );
  }
  const [one, many] = ["1", "500"].map((count) => figure(`list, ${count} instances`, "own").ms);
  console.log(`\n- list of 500 against list of 1: ${(many / one).toFixed(2)} (target: 1.50)`);
}
