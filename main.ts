/** The entry. It narrows its permissions before anything else is loaded. */
import { workerPermissions } from "./src/permissions.ts";

if (import.meta.main) {
  const { state } = await Deno.permissions.query({ name: "read" });
  if (state === "granted") runNarrowed();
  else Deno.exit(await runHere());
}

/** Compiled for one account, or run by its task: the flags have narrowed it already. */
async function runHere(): Promise<number> {
  const { run } = await import("./src/cli/run.ts");
  const { processIo } = await import("./src/terminal/streams.ts");
  return await run(Deno.args, processIo());
}

/**
 * Compiled for any account: everything runs in a worker that may touch this home alone. The process
 * ends with the code that the worker sends.
 */
function runNarrowed(): void {
  const home = Deno.env.get(Deno.build.os === "windows" ? "USERPROFILE" : "HOME");
  const worker = new Worker(new URL("./src/worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions: workerPermissions(home ?? "") },
  });
  worker.onmessage = ({ data }) => Deno.exit(data.exit);
  worker.onerror = (event) => {
    event.preventDefault();
    fail(event.message);
  };
  // A worker that closes itself sends nothing, and the process would end with 0.
  globalThis.addEventListener("beforeunload", () => fail("it ended without an exit code"));
}

function fail(reason: string): never {
  console.error(`error: This is a fault of cmgr's own: ${reason}`);
  Deno.exit(70);
}
