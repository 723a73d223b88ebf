/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The program inside a worker with no more than the permissions in `permissions.ts`: how the
 * portable binary, compiled for no particular home, narrows itself.
 */
import { run } from "./cli/run.ts";
import { processIo } from "./terminal/streams.ts";

// In a worker `Deno.exit` would end the worker alone, so it posts the exit code.
postMessage({ exit: await run(Deno.args, processIo()) });
