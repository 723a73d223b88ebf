/**
 * `deno task bench [--runs N] [--json FILE]`: what each command takes as a whole process, in its
 * three forms, against a program that prints one line and was compiled the same way. Prints a
 * table; writes the figures to `dist/bench.json`.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { findBusy } from "../src/ports/probe.ts";
import { type Case, type Figure, measureAll, median } from "./bench_case.ts";
import { type BenchHome, cmgr, fill, prepareHomes, writeServers } from "./bench_homes.ts";
import { project } from "./packages.ts";

/** The commands that are measured: name, home, arguments, and what undoes a run. */
type Row = readonly [
  name: string,
  home: string,
  args: (run: number, form: string) => string[],
  undo?: (home: BenchHome, run: number, form: string) => Promise<void>,
];

const rows: readonly Row[] = [
  ["version", "1", () => ["version"]],
  ["--help", "1", () => ["--help"]],
  ...["1", "100", "500"].flatMap((count): Row[] => [
    [`list, ${count} instances`, count, () => ["list"]],
    [`status of one of ${count}`, count, () => ["status", "instance-0"]],
  ]),
  ["ports of one", "1", () => ["ports", "instance-0"]],
  ["mcp --ports, 6 servers", "servers", () => ["mcp", "six", "--ports"]],
  ["mcp --ports, 60 servers", "servers", () => ["mcp", "sixty", "--ports"]],
  [
    "create",
    "create",
    (run, form) => ["create", `${form}-${run}`],
    (home, run, form) => cmgr(home, "remove", `${form}-${run}`, "--yes", "--purge"),
  ],
];

async function concurrency(home: BenchHome, count: number): Promise<[number, number]> {
  const names = Array.from({ length: count }, (_, i) => `${i}`);
  const start = performance.now();
  for (const name of names) await cmgr(home, "create", `one-${name}`);
  const middle = performance.now();
  const ends = await Promise.allSettled(names.map((name) => cmgr(home, "create", `many-${name}`)));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  const seconds = (from: number, to: number) => count / ((to - from) / 1000);
  return [seconds(start, middle), seconds(middle, performance.now())];
}

async function probeTimes(): Promise<number> {
  const ports = Array.from({ length: 100 }, (_, i) => 31_000 + i);
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
      json: { type: "string", default: join(project, "dist", "bench.json") },
    },
  });
  const runs = Number(values.runs);
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "cmgr-bench-" }));
  try {
    const names = ["1", "100", "500", "servers", "create", "crowd"];
    const { homes, floor } = await prepareHomes(folder, names);
    for (const count of ["1", "100", "500"]) await fill(homes.get(count)!, Number(count));
    for (const [name, count] of [["six", 6], ["sixty", 60]] as const) {
      await cmgr(homes.get("servers")!, "create", name);
      await writeServers(homes.get("servers")!, name, count);
    }
    const cases: Case[] = [{ name: "floor", form: "floor", command: () => [floor], home: folder }];
    for (const [name, homeName, args, undo] of rows) {
      const home = homes.get(homeName)!;
      for (const [form, program] of home.forms) {
        cases.push({
          name,
          form,
          home: home.path,
          command: (run) => [...program, ...args(run, form)],
          after: undo && ((run) => undo(home, run, form)),
        });
      }
    }
    const figures = await measureAll(cases, runs);
    const [sequential, concurrent] = await concurrency(homes.get("crowd")!, 100);
    const probe = await probeTimes();
    report(cases, figures, runs);
    console.log(
      `\n100 creates: ${sequential.toFixed(1)} a second one after the other, ${
        concurrent.toFixed(1)
      } at once (${(concurrent / sequential).toFixed(2)})`,
    );
    console.log(`Probing the 100 ports of a free range: ${probe.toFixed(1)} ms`);
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
  console.log("| Command | For one home | Portable | From source | Peak memory, one home |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const [name] of rows) {
    const of = (form: string) =>
      figures[cases.findIndex((one) => one.name === name && one.form === form)];
    const cell = ({ ms }: Figure) => `${ms.toFixed(1)} ms (${(ms / floor.ms).toFixed(2)})`;
    console.log(
      `| ${name} | ${cell(of("own"))} | ${cell(of("portable"))} | ${cell(of("source"))} | ${
        of("own").mib?.toFixed(0) ?? "-"
      } MiB |`,
    );
  }
}
