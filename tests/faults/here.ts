/**
 * Runs the program within the test's own process: some fifty times as many cases in the same time.
 *
 * @module
 */
import { run } from "../../src/cli/run.ts";
import type { Home, Ran, RunOptions } from "../e2e/harness.ts";

/** What a run is given. */
interface HereOptions extends Pick<RunOptions, "stdin" | "env"> {
  /** Whether it writes to a terminal. */
  readonly isTerminal?: boolean;
}

/**
 * Runs cmgr to its end.
 *
 * @param home Its home
 * @param args The arguments
 * @param options What it is given
 */
export async function runHere(
  home: Home,
  args: readonly string[],
  { stdin = "", env = {}, isTerminal = false }: HereOptions = {},
): Promise<Ran> {
  let [stdout, stderr] = ["", ""];
  const input = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
  const variables: Record<string, string> = { HOME: home.path, ...env };
  const code = await run(args, {
    env: (name) => variables[name],
    out: (text) => void (stdout += text),
    err: (text) => void (stderr += text),
    stdin: () => Promise.resolve(input),
    stdinIsTerminal: false,
    stdoutIsTerminal: isTerminal,
    stderrIsTerminal: isTerminal,
    columns: () => isTerminal ? 80 : undefined,
  });
  return { code, stdout, stderr };
}
