/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The whole program inside a worker that holds no more than the permissions in
 * `permissions.ts`: how the portable binary, compiled for no particular home, narrows itself.
 *
 * @module
 */
import { run } from "./cli/run.ts";
import { processIo } from "./terminal/streams.ts";

// In a worker `Deno.exit` would end the worker alone, so the code goes out as a message.
postMessage({ exit: await run(Deno.args, processIo()) });
