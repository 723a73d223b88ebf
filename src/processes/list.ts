import type { Paths } from "../paths.ts";
import { run } from "../system/run.ts";
import { linuxScript, parseLinux, tagPattern } from "./list_linux.ts";
import { macosColumns, parseMacos } from "./list_macos.ts";
import type { ProcessTable } from "./process.ts";

/**
 * @param paths Tags of other sandbox folders are left out
 * @throws {CmgrError} `failed`, when the system cannot be asked
 */
export async function processTable(paths: Paths): Promise<ProcessTable> {
  const table = await askSystem(paths);
  return { ...table, uid: table.processes.get(Deno.pid)?.uid };
}

async function askSystem({ sandboxes }: Paths): Promise<ProcessTable> {
  // The language decides the format of dates, and a tag is bytes.
  const env = { LC_ALL: "C" };
  switch (Deno.build.os) {
    case "linux": {
      const args = ["-c", linuxScript, "sh", tagPattern(sandboxes)];
      return parseLinux((await run("sh", args, { env })).stdout);
    }
    case "windows":
      return await (await import("./list_windows.ts")).listWindows();
    default: {
      const args = ["-axwwE", "-o", macosColumns];
      return parseMacos((await run("ps", args, { env })).stdout, sandboxes);
    }
  }
}
