/**
 * Keeps what runs Windows programs alive. Wine's own services start with the first program and end a
 * minute after the last; they keep the streams of that first one open, so that its end is not seen.
 *
 * @module
 */
import { join } from "node:path";

/** Waits for a line that never comes, until its standard input is closed. */
const waiting = "@echo ready\r\n@set /p line=\r\n";

/** How long the first program may take to come up, in milliseconds. */
const limitMs = 300_000;

/**
 * Starts a program that waits.
 *
 * @param runner As `tests/e2e/windows.ts` describes it
 * @param folder For its files
 * @throws {Error} when it does not come up
 */
export async function holdRunner(runner: string, folder: string): Promise<AsyncDisposable> {
  const batch = join(folder, "wait.bat");
  await Deno.writeTextFile(batch, waiting);
  const child = new Deno.Command(runner, {
    args: ["--profile", folder, batch],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  // The services end later than what waits here.
  child.unref();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const limit = setTimeout(() => reader.cancel(), limitMs);
  let text = "";
  while (!text.includes("ready")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`${runner} runs no Windows program`);
    text += value;
  }
  clearTimeout(limit);
  await reader.cancel();
  return { [Symbol.asyncDispose]: () => child.stdin.close() };
}
