/**
 * Telling someone who looks at a desktop and at no terminal.
 *
 * @module
 */
import { messageOf } from "../errors.ts";
import { appendLine, ensureFolder } from "../files.ts";
import { linksLogOf, type Paths } from "../paths.ts";

/**
 * Shows a message on the desktop, or where that cannot be had, puts it into
 * `~/.cmgr/logs/.links.log`.
 *
 * Needs run permission for `notify-send`, and read and write permission for `~/.cmgr`.
 *
 * @param paths Where the log is
 * @param title What it is about
 * @param text What there is to say; it must hold nothing of a link
 */
export async function notifyDesktop(paths: Paths, title: string, text: string): Promise<void> {
  let fault: string;
  try {
    const { success, stderr } = await new Deno.Command("notify-send", {
      args: ["--app-name=cmgr", "--icon=dialog-error", "--", title, text],
      stdin: "null",
      stdout: "null",
    }).output();
    if (success) return;
    fault = new TextDecoder().decode(stderr).trim();
  } catch (error) {
    fault = messageOf(error);
  }
  await ensureFolder(paths.logs);
  await appendLine(
    linksLogOf(paths),
    `${new Date().toISOString()} ${title}: ${text} (not shown: ${fault})`.replaceAll("\n", " "),
  );
}
