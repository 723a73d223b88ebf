import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import { inheritedEnv } from "../system/inherited_env.ts";
import { run } from "../system/run.ts";
import { appendLine, ensureFolder } from "../system/write.ts";
import { withoutLinks } from "../terminal/output.ts";
import { linksLogOf } from "../paths.ts";

/**
 * Shows a message on the desktop; where that fails, adds it to `~/.cmgr/logs/.links.log`. Links are
 * shortened, since they can log people in.
 */
export async function notifyDesktop(
  { paths, env }: Pick<Context, "paths" | "env">,
  title: string,
  message: string,
): Promise<void> {
  const text = withoutLinks(message);
  let fault: string;
  try {
    const args = ["--app-name=cmgr", "--icon=dialog-error", "--", title, text];
    const options = { env: inheritedEnv(env), readErrors: true } as const;
    const { code, stderr } = await run("notify-send", args, options);
    if (code === 0) return;
    fault = stderr.trim();
  } catch (error) {
    fault = messageOf(error);
  }
  await ensureFolder(paths.logs);
  await appendLine(
    linksLogOf(paths),
    `${new Date().toISOString()} ${title}: ${text} (not shown: ${fault})`.replaceAll("\n", " "),
  );
}
