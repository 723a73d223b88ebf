/**
 * `deno task test [PATH...]`: the tests that Node and this checkout are enough for.
 * `deno task test:all`: all tests, then the end-to-end tests once more with compiled binaries, and
 * some with the Windows binary, where `CMGR_WINDOWS_RUNNER` names a program that runs it.
 *
 * What cannot be tried on this machine is left out; the last lines say what, and how to get what it
 * needs.
 *
 * @module
 */
import { join } from "node:path";
import { notesVariable } from "../tests/programs.ts";
import { notOnWindowsVariable, programVariable, runnerVariable } from "../tests/e2e/windows.ts";
import { type Target, targetNamed } from "./build/targets.ts";
import { holdRunner } from "./hold_runner.ts";

const quick = ["tests/unit", "tests/e2e"];

/** Every command that needs neither programs of Unix nor PowerShell. */
const withoutUnix = ["config", "create", "doctor", "mcp", "rename", "servers", "settings", "trash"]
  .map((name) => `tests/e2e/${name}_test.ts`);

/** Of the binaries that name a home: every command, its permissions, and what is a process's... */
const programTests = ["examples", "exec", "lifecycle", "permissions", "process"];

/** ... and every attack, by what it is made on. */
const attackTests = [
  ...["isolation", "escape", "escape_beside", "session_bus", "status", "links"],
  ...[
    "deleting",
    "foreign_names",
    "bad_input",
    "import",
    "large_configs",
    "config",
    "half_installed",
  ],
  ...["foreign_processes", "crash", "check", "shared_ports", "hostile_names", "secrets"],
];
const ownHome = [...programTests, ...attackTests].map((name) => `tests/e2e/${name}_test.ts`);

/** Waiting takes more of a test's time than working does. */
const jobsPerCore = 2;

const folder = await Deno.makeTempDir({ prefix: "cmgr-tests-" });
// It contains the homes, which some tests use as a user without privileges.
await Deno.chmod(folder, 0o711);
const notes = join(folder, "left-out");
const notOnWindows = join(folder, "not-on-windows");
const sums = { passed: 0, failed: 0, leftOut: [] as string[] };

/** Runs tests and adds up how they ended. */
async function run(name: string, args: readonly string[], env: Record<string, string> = {}) {
  const began = performance.now();
  console.log(`== ${name}`);
  const junit = join(folder, "junit.xml");
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-q", "-A", "--no-check", "--parallel", `--junit-path=${junit}`, ...args],
    env: {
      DENO_JOBS: String(jobsPerCore * navigator.hardwareConcurrency),
      [notesVariable]: notes,
      [notOnWindowsVariable]: notOnWindows,
      ...env,
    },
  }).spawn().status;
  const report = await Deno.readTextFile(junit).catch(() => "");
  await Deno.remove(junit).catch(() => {});
  const cases = [
    ...report.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"[^]*?<\/testcase>/g),
  ];
  const failed = cases.filter(([text]) => text.includes("<failure")).length;
  // What a filter passes over is reported in the same way.
  const isFiltered = args.some((arg) => arg.startsWith("--filter"));
  const skipped = cases.filter(([text]) => text.includes("<skipped/>"));
  sums.passed += cases.length - failed - skipped.length;
  // A module that cannot be loaded has no test, but fails.
  sums.failed += success ? 0 : Math.max(failed, 1);
  if (env[programVariable]) sayNotOnWindows(skipped.map(([, name]) => name));
  else if (!isFiltered) {
    for (const [file, tests] of Map.groupBy(skipped, ([, , file]) => file)) {
      sums.leftOut.push(`${file}: ${tests.length}`);
    }
  }
  console.log(`== ${name}: ${Math.round((performance.now() - began) / 1000)} s\n`);
}

/** Names the cases that do not hold on Windows, and why. */
function sayNotOnWindows(names: readonly string[]): void {
  if (names.length === 0) return;
  console.log("Not on Windows:");
  for (const name of names) console.log(`  ${name.replaceAll("&quot;", '"')}`);
  const reasons = new Set(Deno.readTextFileSync(notOnWindows).trim().split("\n"));
  console.log(`Since: ${[...reasons].join(" ")}`);
}

/**
 * Compiles a portable binary.
 *
 * @param what The tests that it is for
 * @param runtime The runtime for it; where it is empty, it is downloaded
 * @returns `undefined` where there is no runtime to compile with
 */
async function compile(
  what: string,
  runtime = "",
  target: Target = targetNamed(Deno.build.target),
): Promise<string | undefined> {
  const output = join(folder, `cmgr${target.suffix}`);
  const options = ["--release", "--target", target.name, "--output", output];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "scripts/build/compile.ts", ...options],
    env: { DENORT_BIN: runtime },
    stdout: "null",
  }).output();
  if (success) return output;
  const said = new TextDecoder().decode(stderr);
  if (said.includes("DENORT_BIN") && runtime === "") {
    await leaveOut(what, noRuntime);
  } else {
    console.error(said);
    sums.failed++;
  }
  return undefined;
}

/** On Windows, most end-to-end tests would need programs of Unix: they are left out by name. */
async function quickTests(): Promise<readonly string[]> {
  if (Deno.build.os !== "windows") return quick;
  for await (const { name } of Deno.readDir("tests/e2e")) {
    if (!name.endsWith("_test.ts") || withoutUnix.includes(`tests/e2e/${name}`)) continue;
    sums.leftOut.push(`tests/e2e/${name}, for Unix`);
  }
  return ["tests/unit", ...withoutUnix];
}

async function leaveOut(what: string, reason: string): Promise<void> {
  sums.leftOut.push(what);
  await Deno.writeTextFile(notes, `${reason}\n`, { append: true });
}

/** Tests the Windows binary, where there is something that runs it. */
async function runOnWindows(): Promise<void> {
  const what = "the tests of the Windows binary";
  const runner = Deno.env.get(runnerVariable);
  if (!runner) return await leaveOut(what, `Name a program that runs it in ${runnerVariable}.`);
  const target = targetNamed("x86_64-pc-windows-msvc");
  const binary = await compile(what, Deno.env.get("DENORT_BIN_WINDOWS"), target);
  if (binary === undefined) return;
  const held = join(folder, "held");
  await Deno.mkdir(held);
  let running: AsyncDisposable;
  try {
    running = await holdRunner(runner, held);
  } catch (error) {
    return await leaveOut(what, String(error));
  }
  await run("the Windows binary", ["tests/windows", ...withoutUnix], { [programVariable]: binary });
  await running[Symbol.asyncDispose]();
}

const noRuntime = "Let `deno compile` reach dl.deno.land, or name its runtime in DENORT_BIN.";

/** Ends the run: what was left out, what would bring it, the sums. */
async function sumUp(): Promise<void> {
  const reasons = (await Deno.readTextFile(notes).catch(() => "")).split("\n").filter(Boolean);
  const [packages, sentences] = [new Set<string>(), new Set<string>()];
  for (const reason of reasons) {
    if (reason.startsWith("apt:")) packages.add(reason.slice(4));
    else sentences.add(reason);
  }
  if (sums.leftOut.length > 0) {
    console.log("Left out:");
    for (const what of sums.leftOut) console.log(`  ${what}`);
    if (packages.size > 0) {
      console.log(`To run them: sudo apt-get install -y ${[...packages].sort().join(" ")}`);
    }
    for (const sentence of sentences) console.log(sentence);
  }
  console.log(`${sums.passed} passed, ${sums.failed} failed`);
}

try {
  const [first, ...rest] = Deno.args;
  if (first === "--all") {
    await run("from source", ["tests", "--ignore=tests/windows", ...rest]);
    const what = "the end-to-end tests with compiled binaries";
    const binary = await compile(what, Deno.env.get("DENORT_BIN"));
    if (binary) {
      await run("the portable binary", ["tests/e2e", "tests/desktop"], { CMGR_BIN: binary });
      const own = join(folder, "own");
      await Deno.mkdir(own);
      await run("binaries compiled for one home", ownHome, { CMGR_OWN: own });
    }
    await runOnWindows();
  } else {
    const paths = Deno.args.some((arg) => !arg.startsWith("-")) ? [] : await quickTests();
    await run("from source", [...paths, ...Deno.args]);
  }
  await sumUp();
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(sums.failed > 0 ? 1 : 0);
