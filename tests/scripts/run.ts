/**
 * Running the project's scripts as people do.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** The project's own folder. */
export const project = fileURLToPath(new URL("../../", import.meta.url));

/** How a run ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run is given. */
export interface RunOptions {
  readonly cwd?: string;
  /** Set beside what this process has. */
  readonly env?: Record<string, string>;
  readonly stdin?: Uint8Array<ArrayBuffer>;
}

/** Runs a program to its end, without a terminal. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: options.cwd ?? project,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const fed = ReadableStream.from(options.stdin ? [options.stdin] : []).pipeTo(child.stdin)
    .catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await fed;
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** Runs one of the project's scripts with Deno. */
export async function script(
  path: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  return await run(Deno.execPath(), ["run", "-q", "-A", path, ...args], options);
}

/** Runs one of the project's scripts with Deno, which must succeed. */
export async function scriptOk(
  path: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await script(path, args, options);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** A folder that is gone at the end of the test. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "cmgr-test-" }));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
