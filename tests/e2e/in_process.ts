/**
 * Runs the program within the test's own process: some fifty times as many cases in the same time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runCommandLine } from "../../src/cli/run.ts";
import { variablesOnWindows } from "./form.ts";
import type { Home, Ran, RunOptions } from "./harness.ts";

/** What a run is given. */
export interface InProcessOptions extends Pick<RunOptions, "stdin" | "env"> {
  /** Only a process can be run by another one. */
  readonly by?: never;
  /** Nor is there another folder to run in. */
  readonly cwd?: never;
  /** Whether it reads from and writes to a terminal. */
  readonly isTerminal?: boolean;
}

/**
 * Runs cmgr to its end. What it starts has the variables of the tests, so a run that must find
 * other programs than they do wants a process of its own.
 *
 * @param home Its home
 * @param args The arguments
 * @param options What it is given
 */
export async function runInProcess(
  home: Home,
  args: readonly string[],
  { stdin = "", env = {}, isTerminal = false }: InProcessOptions = {},
): Promise<Ran> {
  assert.ok(!("PATH" in env), "another PATH needs a process of its own");
  let [stdout, stderr] = ["", ""];
  const input = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
  const variables: Record<string, string> = {
    ...home.environment(),
    ...variablesOnWindows(home.path),
    ...env,
  };
  const code = await runCommandLine(args, {
    env: (name) => variables[name],
    out: (text) => void (stdout += text),
    err: (text) => void (stderr += text),
    stdin: () => Promise.resolve(input),
    line: () => Promise.resolve(new TextDecoder().decode(input).split("\n")[0]),
    stdinIsTerminal: isTerminal,
    stdoutIsTerminal: isTerminal,
    stderrIsTerminal: isTerminal,
    columns: () => isTerminal ? 80 : undefined,
    rows: () => isTerminal ? 24 : undefined,
  });
  return { code, stdout, stderr };
}
