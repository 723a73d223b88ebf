/**
 * Telling someone who looks at a desktop and at no terminal.
 *
 * @module
 */
import { messageOf } from "../errors.ts";
import { appendLine, ensureFolder } from "../system/write.ts";
import { withoutLinks } from "../terminal/output.ts";
import { linksLogOf, type Paths } from "../paths.ts";

/**
 * Shows a message on the desktop, or where that cannot be had, puts it into
 * `~/.cmgr/logs/.links.log`.
 *
 * Needs run permission for `notify-send`, and read and write permission for `~/.cmgr`.
 *
 * @param paths Where the log is
 * @param title What it is about
 * @param said What there is to say; what a link carries is left out
 */
export async function notifyDesktop(paths: Paths, title: string, said: string): Promise<void> {
  const text = withoutLinks(said);
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
