import type { Paths } from "../paths.ts";
import { run } from "../system/run.ts";
import { linuxScript, parseLinux, tagPattern } from "./list_linux.ts";
import { macosColumns, parseMacos } from "./list_macos.ts";
import { parseWindows, windowsScript } from "./list_windows.ts";
import type { ProcessTable } from "./process.ts";

/**
 * Lists the processes of this machine, with what tells to which instance or check they belong.
 *
 * @param paths Tags of sandboxes elsewhere are left out
 * @throws {CmgrError} `failed`, when the system cannot be asked
 */
export async function processTable(paths: Paths): Promise<ProcessTable> {
  const table = await askSystem(paths);
  return { ...table, uid: table.processes.get(Deno.pid)?.uid };
}

async function askSystem({ sandboxes }: Paths): Promise<ProcessTable> {
  // The format of a date is the language's, and a tag is bytes.
  const env = { LC_ALL: "C" };
  switch (Deno.build.os) {
    case "linux": {
      const args = ["-c", linuxScript, "sh", tagPattern(sandboxes)];
      return parseLinux((await run("sh", args, { env })).stdout);
    }
    case "windows": {
      const args = ["-NoProfile", "-Command", windowsScript];
      return parseWindows((await run("powershell", args)).stdout);
    }
    default: {
      const args = ["-axwwE", "-o", macosColumns];
      return parseMacos((await run("ps", args, { env })).stdout, sandboxes);
    }
  }
}
