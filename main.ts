/** The entry. It narrows its permissions before anything else is loaded. */
import { foldersIn, roots } from "./src/permissions.ts";

if (import.meta.main) {
  narrow();
  const { main } = await import("./src/cli/run.ts");
  Deno.exit(await main());
}

/**
 * A binary for any account may read and write everywhere when it starts. It asks for the two
 * folders below this home, which are part of that, and gives up the rest; nothing gives it back.
 * Where the flags name a home, this changes nothing.
 */
function narrow(): void {
  const isWindows = Deno.build.os === "windows";
  const home = Deno.env.get(isWindows ? "USERPROFILE" : "HOME") ?? "";
  for (const name of ["read", "write"] as const) {
    for (const path of foldersIn(home)) Deno.permissions.requestSync({ name, path });
    for (const path of roots(isWindows)) {
      if (Deno.permissions.revokeSync({ name, path }).state !== "granted") continue;
      console.error(
        `error: cmgr may ${name} everything, which it refuses\nRun it with: deno task cmgr`,
      );
      Deno.exit(2);
    }
  }
}
