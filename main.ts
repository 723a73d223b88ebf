/**
 * The entry. It narrows what it may do before anything else is loaded.
 *
 * @module
 */
import { workerPermissions } from "./src/permissions.ts";

if (import.meta.main) {
  const { state } = await Deno.permissions.query({ name: "read" });
  Deno.exit(state === "granted" ? await runNarrowed() : await runHere());
}

/** Compiled for one account, or run by its task: the flags have narrowed it already. */
async function runHere(): Promise<number> {
  const { run } = await import("./src/cli.ts");
  const { processIo } = await import("./src/io.ts");
  return await run(Deno.args, processIo());
}

/** Compiled for any account: everything happens in a worker that may touch this home alone. */
async function runNarrowed(): Promise<number> {
  const home = Deno.env.get(Deno.build.os === "windows" ? "USERPROFILE" : "HOME");
  const worker = new Worker(new URL("./src/worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions: workerPermissions(home ?? "") },
  });
  return await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data.exit);
    worker.onerror = (event) => {
      event.preventDefault();
      console.error(`error: This is a fault of cmgr's own: ${event.message}`);
      resolve(70);
    };
  });
}
