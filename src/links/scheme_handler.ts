/**
 * Who takes `claude://` links on this desktop, and how that is changed.
 *
 * @module
 */
import { handlerFileName } from "./desktop_entry.ts";

const type = "x-scheme-handler/claude";

/**
 * Asks the desktop who takes `claude://` links.
 *
 * Needs run permission for `sh`.
 *
 * @returns Name of a `.desktop` file; `undefined` when nobody does, or nobody knows
 */
export async function currentHandler(): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", 'xdg-mime query default "$1"', "sh", type],
      stdin: "null",
      stderr: "null",
    }).output();
    const [name] = new TextDecoder().decode(stdout).trim().split("\n");
    return /^[\w.@+-]+\.desktop$/.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The commands that make cmgr take `claude://` links, and those that undo it: pure.
 *
 * @param before Name of the `.desktop` file that takes them now
 */
export function handlerCommands(
  before: string | undefined,
): { install: string[]; undo: string[] } {
  const folder = "~/.local/share/applications";
  const update = `update-desktop-database ${folder}`;
  const isOther = before !== undefined && before !== handlerFileName;
  return {
    install: [
      `cmgr desktop --handler > ${folder}/${handlerFileName}`,
      update,
      `xdg-mime default ${handlerFileName} ${type}`,
    ],
    undo: [
      `rm ${folder}/${handlerFileName}`,
      update,
      ...(isOther ? [`xdg-mime default ${before} ${type}`] : []),
    ],
  };
}
