/**
 * Ends the process when the last announced test takes too long.
 *
 * @module
 */
/// <reference lib="deno.worker" />

/** How long one run may take, in milliseconds: far more than any does. */
const limitMs = 120_000;

let limit: ReturnType<typeof setTimeout> | undefined;

self.onmessage = ({ data }: MessageEvent<string | null>) => {
  clearTimeout(limit);
  if (data === null) return;
  limit = setTimeout(() => {
    const said = `${data} has not ended within ${limitMs / 1000} s; the tests are ended\n`;
    // What a test writes to its own standard error goes with the process.
    Deno.writeTextFileSync("/dev/stderr", said, { append: true });
    Deno.kill(Deno.pid, "SIGKILL");
  }, limitMs);
};
